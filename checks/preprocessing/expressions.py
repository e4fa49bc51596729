"""Normalising expressions as people write them, taken apart: what are the pictures in ``(x / 255.0 - 0.5) * 2``?"""

from __future__ import annotations

import ast

from vggdoctor.evidence import Step
from vggdoctor.schema import Change, InsertStatements, RemoveStatement, ReplaceExpression

WHOLE_CALLS = {"preprocess_input": 1, "convert_image_dtype": 2, "img_as_float": 1, "per_image_standardization": 1}
"""Functions that normalise their first argument, with the number of positional arguments that they are usually given."""


def called(call: ast.Call) -> str:
    return ast.unparse(call.func).rsplit(".", 1)[-1]


def is_layer(step: Step) -> bool:
    """Whether the step is the construction of a layer: ``layers.Rescaling(1./255)``, but not ``preprocess_input(inputs)``."""
    expression = parsed(step.spelling)
    return isinstance(expression, ast.Call) and called(expression) in ("Rescaling", "Normalization", "Lambda")


def rewritten(step: Step, function: str, swaps: bool = False) -> tuple[Change, ...] | None:
    """The expression of a step replaced by its pictures alone, put through ``function`` unless that is empty; with ``swaps``,
    after their first and last channel have changed places."""
    place = step.places[0]
    if place.line != place.end_line or place.end_column - place.column != len(step.spelling):
        return None  # the spelling is not the whole text
    in_place = _in_place(step.spelling)
    if in_place and not swaps:
        added = (InsertStatements(place, f"{in_place} = {function}({in_place})"),) if function else ()
        return (*added, RemoveStatement(place))
    expression = parsed(step.spelling)
    if isinstance(expression, ast.Name | ast.Attribute) and function and not swaps:
        return (ReplaceExpression(place, function),)
    if step.operation == "preprocess_input" and isinstance(expression, ast.Call) and not expression.keywords:
        pictures: ast.expr | None = expression.args[0] if len(expression.args) == 1 else None
    else:
        pictures = _pictures(expression) if expression else None
    if pictures is None or pictures is expression:
        return None
    source = ast.get_source_segment(step.spelling, pictures)
    if swaps and source is not None:
        is_tight = isinstance(pictures, ast.Name | ast.Attribute | ast.Call | ast.Subscript)
        source = f"{source}[..., ::-1]" if is_tight else f"({source})[..., ::-1]"
    return (ReplaceExpression(place, f"{function}({source})" if function else f"{source}"),)


def _pictures(expression: ast.expr) -> ast.expr | None:
    """What is left of a normalising expression without its constants and calls: ``x`` of ``(x / 255.0 - 0.5) * 2``."""
    if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.Div | ast.Mult | ast.Sub | ast.Add):
        if _is_constant(expression.right):
            return _pictures(expression.left)
        scales = isinstance(expression.op, ast.Mult | ast.Add)  # 1 - x turns the pictures into their negatives
        return _pictures(expression.right) if scales and _is_constant(expression.left) else expression
    if isinstance(expression, ast.Call) and expression.args:
        name = called(expression)
        if name in WHOLE_CALLS and len(expression.args) == WHOLE_CALLS[name]:
            return expression.args[0]
        if name in ("divide", "multiply", "subtract", "add") and len(expression.args) == 2 and _is_constant(expression.args[1]):
            return _pictures(expression.args[0])
    return expression


def _is_constant(expression: ast.expr) -> bool:
    """Numbers, and names that are written as constants."""
    names = [node for node in ast.walk(expression) if isinstance(node, ast.Name)]
    calls = any(isinstance(node, ast.Call) for node in ast.walk(expression))
    return all(node.id.isupper() for node in names) and not calls


def parsed(spelling: str) -> ast.expr | None:
    try:
        return ast.parse(spelling.strip(), mode="eval").body
    except SyntaxError:
        return None


def _in_place(spelling: str) -> str:
    """The name that ``x /= 255.0`` changes, empty for anything else."""
    try:
        body = ast.parse(spelling.strip()).body
    except SyntaxError:
        return ""
    if len(body) == 1 and isinstance(body[0], ast.AugAssign) and isinstance(body[0].target, ast.Name):
        return body[0].target.id
    return ""
