"""Operands of a PDF's operators, as readers take them. Runs in a worker process only."""

from typing import Any, Final

from services.intake.pdf_paint import numbers_of

_NUMBERS: Final = {
    **dict.fromkeys((b"Tc", b"Tw", b"Tz", b"TL", b"Tr", b"Ts", b"w", b"g", b"G"), 1),
    **dict.fromkeys((b"Td", b"TD"), 2),
    **dict.fromkeys((b"rg", b"RG"), 3),
    **dict.fromkeys((b"k", b"K", b"re"), 4),
    **dict.fromkeys((b"cm", b"Tm"), 6),
}
"""Operators whose operands are numbers, and how many each has."""
_COUNTS: Final = {
    **_NUMBERS,
    **dict.fromkeys((b"Tj", b"TJ", b"'", b"gs", b"Do", b"cs", b"CS"), 1),
    b"Tf": 2,
    b'"': 3,
}


def take_last(operator: bytes, operands: list[Any]) -> bool:
    """Leave an operator its last operands: the first of too many are those that pypdf takes, and readers do not.

    Readers: Xpdf and Poppler (`Gfx::execOp`) and pdf.js (`EvaluatorPreprocessor`) alike.

    Returns
    -------
    bool
        Whether it had as many operands as it has, numbers where numbers belong. What readers make of fewer is their
        own affair.
    """
    count = _COUNTS.get(operator)
    if count is None:
        return True
    found = len(operands)
    del operands[: max(0, found - count)]
    return found == count and (operator not in _NUMBERS or len(numbers_of(operands)) == count)
