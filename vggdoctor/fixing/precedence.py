"""Whether an expression needs parentheses in the place of another. Loads LibCST."""

from __future__ import annotations

import ast

import libcst as cst

_TIGHTEST = 20
_OPERATORS: dict[type[ast.operator], int] = {
    ast.BitOr: 7, ast.BitXor: 8, ast.BitAnd: 9, ast.LShift: 10, ast.RShift: 10, ast.Add: 11, ast.Sub: 11, ast.Mult: 12,
    ast.MatMult: 12, ast.Div: 12, ast.FloorDiv: 12, ast.Mod: 12, ast.Pow: 14,
}  # fmt: skip


_OPERATOR_CONTEXTS = (
    cst.BinaryOperation,
    cst.UnaryOperation,
    cst.BooleanOperation,
    cst.Comparison,
    cst.ComparisonTarget,
    cst.Attribute,
    cst.Subscript,
    cst.Call,
    cst.Await,
    cst.IfExp,
    cst.StarredElement,
)


def needs_parentheses(source: str, old: str, parent: cst.CSTNode | None) -> bool:
    """Whether ``source`` would be torn apart, or taken for several items, in the place of ``old`` below ``parent``."""
    new = strength(source)
    if new >= strength(old):
        return False
    return new == 0 or isinstance(parent, _OPERATOR_CONTEXTS)


def strength(source: str) -> int:
    """How tightly an expression holds together, 0 loosest (Python language reference, 6.17); the tightest if it is no
    expression of its own."""
    try:
        node = ast.parse(f"({source.strip()}\n)", mode="eval").body
    except SyntaxError:
        return _TIGHTEST
    if node.col_offset > 1:  # within parentheses of its own, which ast leaves out
        return _TIGHTEST
    if isinstance(node, ast.Tuple | ast.GeneratorExp) and node.col_offset == 1:
        return _TIGHTEST
    return _strength(node)


def _strength(node: ast.expr) -> int:
    if isinstance(node, ast.BinOp):
        return _OPERATORS[type(node.op)]
    if isinstance(node, ast.BoolOp):
        return 3 if isinstance(node.op, ast.Or) else 4
    if isinstance(node, ast.UnaryOp):
        return 5 if isinstance(node.op, ast.Not) else 13
    loose: dict[type[ast.expr], int] = {
        ast.Tuple: 0, ast.Yield: 0, ast.YieldFrom: 0, ast.GeneratorExp: 0, ast.NamedExpr: 0, ast.Starred: 0, ast.Lambda: 1,
        ast.IfExp: 2, ast.Compare: 6, ast.Await: 15,
    }  # fmt: skip
    return loose.get(type(node), _TIGHTEST)
