"""What an expression over an array of pictures does to one of them. Loads LibCST."""

from __future__ import annotations

import libcst as cst

from vggdoctor.fixing.names import Names
from vggdoctor.fixing.picture_loop import STACKING, method
from vggdoctor.fixing.tree import Tree


def of_one(tree: Tree, names: Names, value: cst.BaseExpression, pictures: str, picture: str) -> str | None:
    """The source of ``value`` for one ``picture`` (source) in the place of the array called ``pictures``.

    None unless ``value`` is that array with only such operations around it as treat each picture alike: arithmetic with
    numbers, astype, a reshape that keeps the first axis, preprocess_input, and the making of the array itself.
    """

    def within(inner: cst.BaseExpression) -> str | None:
        return of_one(tree, names, inner, pictures, picture)

    if isinstance(value, cst.Name):
        return picture if value.value == pictures else None
    if isinstance(value, cst.BinaryOperation) and isinstance(value.right, cst.Integer | cst.Float):
        left = within(value.left)
        return None if left is None else operand(left) + _after(tree, value.left, value)
    if not isinstance(value, cst.Call) or not value.args:
        return None
    meaning, first = names.meaning(value.func) or "", value.args[0].value
    if meaning in STACKING or meaning.endswith(".preprocess_input"):
        given = within(first)
        if given is None or meaning == "numpy.stack":
            return given
        return f"{_before(tree, value, first)}{given}{_after(tree, first, value)}"
    if isinstance(value.func, cst.Attribute) and (method(value) == "astype" or _keeps_rows(value)):
        subject = within(value.func.value)
        if subject is None or method(value) == "astype":
            return None if subject is None else operand(subject) + _after(tree, value.func.value, value)
        sides = ", ".join(tree.text(arg) for arg in value.args[1:])
        return f"{operand(subject)}.reshape({sides})"
    return None


def makes_array(tree: Tree, names: Names, value: cst.BaseExpression) -> bool:
    """Whether an expression makes an array of a list."""
    start, end = tree.span(value)
    inside = (call for call in tree.of(cst.Call) if start <= tree.span(call)[0] and tree.span(call)[1] <= end)
    return any(names.meaning(call.func) in STACKING for call in inside)


def _keeps_rows(call: cst.Call) -> bool:
    """``reshape(-1, height, width, channels)``"""
    if method(call) != "reshape" or len(call.args) != 4:
        return False
    rows = call.args[0].value
    return isinstance(rows, cst.UnaryOperation) and isinstance(rows.operator, cst.Minus)


def operand(source: str) -> str:
    """In parentheses unless it binds tighter than any operator."""
    return source if isinstance(cst.parse_expression(source), cst.Name | cst.Call) else f"({source})"


def _before(tree: Tree, outer: cst.CSTNode, inner: cst.CSTNode) -> str:
    return tree.document.text[tree.span(outer)[0] : tree.span(inner)[0]]


def _after(tree: Tree, inner: cst.CSTNode, outer: cst.CSTNode) -> str:
    return tree.document.text[tree.span(inner)[1] : tree.span(outer)[1]]
