"""Every number that a check or a measurement decides by, with the sentence that says where it comes from."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PLACES = ("checks", "vggdoctor/gather/probe", "vggdoctor/gather/dataset", "vggdoctor/gather/inprocess")
INTRODUCTION = """\
# Thresholds and their sources

Every number that a verdict hangs on is a named constant, and beside it stands where it comes from. "Ours" means: chosen by
us, for the reason given, on programs that we had in sight. This page is made from those constants.
"""


def page(root: Path) -> str:
    """A table a file."""
    lines = [INTRODUCTION]
    for place in PLACES:
        for path in sorted((root / place).rglob("*.py")):
            rows = list(_rows(path))
            if rows:
                lines += [
                    f"## {path.relative_to(root).as_posix()}",
                    "",
                    "| name | value | source |",
                    "| --- | --- | --- |",
                    *rows,
                    "",
                ]
    return "\n".join(lines)


def _rows(path: Path) -> Iterator[str]:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    for statement, after in zip(body, [*body[1:], None], strict=True):
        target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
        value = getattr(statement, "value", None)
        if not (isinstance(target, ast.Name) and target.id.isupper() and value is not None and _is_number(value)):
            continue
        why = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
        text = " ".join(str(why).split()).replace("|", "\\|").replace("``", "`")
        yield f"| `{target.id}` | `{ast.unparse(value).replace('|', chr(92) + '|')}` | {text} |"


def _is_number(node: ast.expr) -> bool:
    """A number, or a plain computation or tuple of numbers."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, (int, float)) and not isinstance(node.value, bool)
    if isinstance(node, ast.Tuple):
        return bool(node.elts) and all(_is_number(item) for item in node.elts)
    return isinstance(node, (ast.UnaryOp, ast.BinOp)) and all(
        _is_number(part) for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)
    )
