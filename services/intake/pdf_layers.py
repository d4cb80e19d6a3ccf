"""Which layers (optional content) of a PDF are switched off. Runs in a worker process only."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from pypdf import PageObject
from pypdf.generic import DictionaryObject, IndirectObject

from services.intake.pdf_graphics import dictionary

_POLICIES: Final[Mapping[str, Callable[[list[bool]], bool]]] = {
    "/AnyOn": all,
    "/AllOn": any,
    "/AnyOff": lambda off: not any(off),
    "/AllOff": lambda off: not all(off),
}
"""When a group of layers is not shown, by which of its members are off."""


class Layers:
    """The layers of a page's document, as they are when it is opened."""

    def __init__(self, page: PageObject) -> None:
        self._off = _off(page)

    def is_off(self, layer: Any) -> bool:  # noqa: ANN401  (an entry: anything)
        """Tell whether a layer, or a group of them, is not shown; of what is none, False."""
        entries = dictionary(layer)
        groups = entries.get("/OCGs")
        members = groups.get_object() if groups is not None else None
        if isinstance(members, list) and members and "/VE" not in entries:
            hides = _POLICIES.get(str(entries.get("/P", "/AnyOn")), all)
            return hides([self._is_listed(member) for member in members])
        return self._is_listed(raw(entries, "/OCGs") if groups is not None else layer)

    def _is_listed(self, layer: Any) -> bool:  # noqa: ANN401  (an entry: anything)
        return isinstance(layer, IndirectObject) and layer.idnum in self._off


def raw(entries: Mapping[str, Any], name: object) -> Any:  # noqa: ANN401  (an entry: anything)
    """Give an entry as it stands, a reference above all."""
    return entries.raw_get(name) if isinstance(entries, DictionaryObject) and name in entries else None


def _off(page: PageObject) -> frozenset[int]:
    """Give the object numbers of the layers that are off."""
    try:
        properties = dictionary(dictionary(page.pdf.root_object).get("/OCProperties"))  # type: ignore[union-attr]
        default = dictionary(properties.get("/D"))
        off = _numbers(default.get("/OFF"))
        if default.get("/BaseState") == "/OFF":
            off |= _numbers(properties.get("/OCGs")) - _numbers(default.get("/ON"))
    except Exception:  # noqa: BLE001  (pypdf raises anything on damaged catalogues; then no layer is off)
        return frozenset()
    return off


def _numbers(references: Any) -> frozenset[int]:  # noqa: ANN401  (an entry: anything)
    found: Any = references.get_object() if references is not None else []
    return frozenset(item.idnum for item in found if isinstance(item, IndirectObject))
