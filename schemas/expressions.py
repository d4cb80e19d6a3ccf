"""The language of rules: Python's expressions, as far as a rule needs them, evaluated by simpleeval.

Allowed are numbers, texts, `None`, names of fields, `+ - * /`, comparisons, `and or not`, `… if … else …` and the
functions below. Numbers are decimal: `19 / 100` is 0.19 exactly. Everything is bounded: the length of an expression,
its parts, and with them its time.
"""

import ast
import datetime as dt
import math
import operator
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from simpleeval import InvalidExpression, SimpleEval, safe_add, safe_mult

Scalar = Decimal | dt.date | str | None
Rows = Sequence[Mapping[str, Scalar]]
Value = Scalar | Rows

MAX_CHARACTERS: Final = 300
MAX_PARTS: Final = 80
"""Nodes of the syntax tree."""

_OPERATORS: Final[Mapping[type[ast.AST], Callable[..., Any]]] = {
    ast.Add: safe_add,
    ast.Sub: operator.sub,
    ast.Mult: safe_mult,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
    ast.Not: operator.not_,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}
_NODES: Final = (
    ast.Expression, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.And, ast.Or, ast.Compare, ast.IfExp, ast.Call, ast.Name,
    ast.Load, ast.Constant, *_OPERATORS,
)  # fmt: skip
_WORD: Final = re.compile(r"\w+")
_LEGAL_FORMS: Final = frozenset(
    {
        *("ag", "e", "eg", "gbr", "ggmbh", "gmbh", "gug", "k", "kg", "kgaa", "mbh", "og", "ohg", "se", "u", "ug", "v"),
        *("asbl", "inc", "limited", "llc", "llp", "ltd", "plc", "sa", "sarl", "sas", "srl", "sàrl"),
    }
)
"""Words of firms' and associations' legal forms, of which a name without one may be short; `e. V.` is two."""
_CONSTANTS: Final = (float, int, str, type(None))


class ExpressionError(ValueError):
    """An expression that cannot be a rule; the message says why."""


def near(left: Decimal, right: Decimal, cents: Decimal | int = 0) -> bool:
    """Say whether two amounts differ by at most so many hundredths."""
    return abs(left - right) * 100 <= cents


def days(first: dt.date, last: dt.date) -> int:
    """Count the days from one date to another; negative if the second is earlier."""
    return (last - first).days


def total(rows: Rows, column: str) -> Decimal:
    """Add up a column of a table; rows without a number there count nothing.

    Raises
    ------
    TypeError
        If it is no table, or no row has a number there: a column that was not read has no sum.
    """
    numbers = [value for row in _rows(rows) if isinstance(value := row.get(column), Decimal)]
    if not numbers:
        message = f"no row has a number in {column!r}"
        raise TypeError(message)
    return sum(numbers, Decimal(0))


def count(rows: Rows) -> int:
    """Count the rows of a table.

    Raises
    ------
    TypeError
        If it is no table.
    """
    return len(_rows(rows))


def _rows(rows: Rows) -> Rows:
    if isinstance(rows, list):
        return rows
    message = "total and count need a table"
    raise TypeError(message)


def one_of(value: Scalar, *choices: Scalar) -> bool:
    """Say whether a value is one of several."""
    return value in choices


def same_name(one: str, other: str) -> bool:
    """Say whether two names are the same, or differ in the legal form that one alone has: `Chor`, `Chor e. V.`.

    Raises
    ------
    TypeError
        If one is no text.
    """
    shorter, longer = sorted(([*map(str.casefold, _WORD.findall(name))] for name in (one, other)), key=len)
    if not _LEGAL_FORMS.isdisjoint(shorter):
        return shorter == longer
    return shorter == [word for word in longer if word not in _LEGAL_FORMS]


FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "abs": abs,
    "count": count,
    "days": days,
    "near": near,
    "one_of": one_of,
    "same_name": same_name,
    "total": total,
}


class _Evaluator(threading.local):
    """One of simpleeval's for each thread: making one takes longer than most rules."""

    def __init__(self) -> None:
        self._own = SimpleEval(operators=dict(_OPERATORS), functions=dict(FUNCTIONS))

    def eval(self, expression: str, values: Mapping[str, Value]) -> object:
        self._own.names = dict(values)
        try:
            return self._own.eval(expression, previously_parsed=_parsed(expression).body)
        finally:
            self._own.names = {}


_EVALUATOR: Final = _Evaluator()


@lru_cache(maxsize=1024)
def names_in(expression: str) -> frozenset[str]:
    """Give the names that an expression needs values for.

    Raises
    ------
    ExpressionError
        If it is no expression of this language.
    """
    tree = _parsed(expression)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called)


def evaluate(expression: str, values: Mapping[str, Value]) -> bool:
    """Evaluate an expression.

    Raises
    ------
    ExpressionError
        If it needs a name without an entry in `values`, cannot be computed with these values, or gives anything but
        true or false.
    """
    try:
        result = _EVALUATOR.eval(expression, values)
    except (ArithmeticError, TypeError, ValueError, AttributeError, InvalidExpression) as error:
        message = f"it cannot be computed: {error}"
        raise ExpressionError(message) from None
    if not isinstance(result, bool):
        message = "it gives no truth: compare something"
        raise ExpressionError(message)
    return result


@lru_cache(maxsize=1024)
def _parsed(expression: str) -> ast.Expression:
    if len(expression) > MAX_CHARACTERS:
        message = f"it has {len(expression)} characters; {MAX_CHARACTERS} are the most"
        raise ExpressionError(message)
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:  # the last two: nested too deep
        message = f"it cannot be read: {getattr(error, 'msg', error)}"
        raise ExpressionError(message) from None
    nodes = list(ast.walk(tree))
    if len(nodes) > MAX_PARTS:
        message = f"it has {len(nodes)} parts; {MAX_PARTS} are the most"
        raise ExpressionError(message)
    for node in nodes:
        _check_node(node)
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            node.value = Decimal(repr(node.value))  # type: ignore[assignment]  # an amount is no binary fraction
    return tree


def _check_node(node: ast.AST) -> None:
    if not isinstance(node, _NODES):
        message = f"{type(node).__name__} is not allowed in a rule"
        raise ExpressionError(message)
    if isinstance(node, ast.Constant) and (not isinstance(node.value, _CONSTANTS) or node.value == math.inf):
        message = f"{node.value!r} is not allowed in a rule"
        raise ExpressionError(message)
    if isinstance(node, ast.Call) and not (isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS):
        message = f"only {', '.join(FUNCTIONS)} may be called"
        raise ExpressionError(message)
