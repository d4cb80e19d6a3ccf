"""Names of firms and persons: the legal form is kept, typesetting is cleaned, and no letter is changed."""

import re
from typing import Final

from services.answers.normal_form import plain

_EDGES: Final = " ,;:·|•*_"
_QUOTED: Final = re.compile(r"""["„“«»']([^"„“”«»']+)["“”«»']""")
_LIMITED_PARTNERSHIP: Final = re.compile(r"(?<=\w) ?& ?Co(\.?) ?(?=(?:KGaA|KG|OHG|oHG)\b)")
_LABEL: Final = re.compile(r"^(?:Firma|Fa\.|Name|Kunde|Lieferant|Customer|Supplier|Client) ?: ?")


def parse_name(verbatim: str) -> str | None:
    """Read a name on one line; what has no letter is none."""
    name = _LABEL.sub("", plain(verbatim).strip(_EDGES))
    if quoted := _QUOTED.fullmatch(name):
        name = quoted[1]
    name = _LIMITED_PARTNERSHIP.sub(r" & Co\1 ", name)
    return name if any(map(str.isalpha, name)) else None
