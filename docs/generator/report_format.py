"""The JSON report, type by type, from its schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

INTRODUCTION = """\
# The report's format

`vggdoctor audit` writes `report.json`, `vggdoctor lint --format json` prints the same document. It is an `AuditResult`,
described by the JSON Schema (draft 2020-12) in `docs/report.schema.json`. Every field is always written. Numbers that are
not finite are null.
"""


def page(root: Path) -> str:
    """A table a type, the document itself first."""
    schema = json.loads((root / "docs" / "report.schema.json").read_text(encoding="utf-8"))
    lines = [INTRODUCTION]
    for name, definition in schema["$defs"].items():
        lines += [f"## {name}", "", definition.get("description", "").replace("``", "`"), ""]
        if "enum" in definition:
            lines += [f"One of {', '.join(f'`{value}`' for value in definition['enum'])}.", ""]
        if "properties" in definition:
            lines += ["| field | type |", "| --- | --- |"]
            lines += [f"| `{field}` | {_type(value)} |" for field, value in definition["properties"].items()]
            lines += [""]
    return "\n".join(lines)


def _type(value: dict[str, Any]) -> str:
    if "$ref" in value:
        name = value["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in value:
        return " or ".join(_type(part) for part in value["anyOf"])
    if "enum" in value:
        return " or ".join(f"`{json.dumps(item)}`" for item in value["enum"])
    if value.get("type") == "array":
        items = value.get("items") or value.get("prefixItems", [{}])[0]
        return f"list of {_type(items)}" if items else "list"
    if value.get("type") == "object" and isinstance(value.get("additionalProperties"), dict):
        return f"object: name to {_type(value['additionalProperties'])}"
    return str(value.get("type", "anything"))
