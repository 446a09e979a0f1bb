"""Variables of a scenario: ${agents}, ${first + agents - 1}."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

_PLACE = re.compile(r"\$\{([^{}]*)\}")
_OPERATORS: dict[type[Any], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}
LONGEST = 200
MOST = 10**18
TOO_LARGE = "is too large a number"


def filled_in(value: Any, variables: Mapping[str, Any]) -> Any:
    """The text with its variables; one that is nothing but a variable has the variable's type.

    `ValueError` says what is wrong.
    """
    if not isinstance(value, str) or "${" not in value:
        return value
    whole = _PLACE.fullmatch(value.strip())
    if whole is not None:
        return evaluate(whole[1], variables)
    return _PLACE.sub(lambda match: _text(evaluate(match[1], variables)), value)


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def evaluate(expression: str, variables: Mapping[str, Any]) -> Any:
    """Names, numbers, + - * / // and brackets."""
    try:
        if len(expression) > LONGEST:
            raise SyntaxError
        tree = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, MemoryError, RecursionError):
        raise ValueError(f"${{{expression}}} is no expression") from None
    return _value(tree, variables)


def _value(node: ast.AST, variables: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return node.value
    if isinstance(node, ast.Name):
        if node.id not in variables:
            known = ", ".join(variables) or "none"
            raise ValueError(f"there is no variable {node.id!r}; there are: {known}")
        return variables[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_number(_value(node.operand, variables))
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        left, right = (_number(_value(it, variables)) for it in (node.left, node.right))
        try:
            return _sized(_OPERATORS[type(node.op)](left, right))
        except ZeroDivisionError:
            raise ValueError("divides by nothing") from None
        except OverflowError:
            raise ValueError(TOO_LARGE) from None
    raise ValueError("variables know names, numbers, + - * / // and brackets")


def _sized(value: Any) -> Any:
    if abs(value) > MOST:
        raise ValueError(TOO_LARGE)
    return value


def _number(value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise ValueError(f"{value!r} is no number to calculate with")
