"""The JSON Schema of the JSON report, derived from the types.

``python -m vggdoctor.report.json_schema docs/report.schema.json`` writes it.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Any

import msgspec

from vggdoctor.schema import AuditResult


def schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12."""
    document = msgspec.json.schema(AuditResult)
    for definition in document["$defs"].values():
        if "description" in definition:  # Python 3.13 takes the indentation of docstrings away, those before do not
            definition["description"] = inspect.cleandoc(definition["description"])
        if "properties" in definition:  # every field is always written, those with a default too
            definition["required"] = list(definition["properties"])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "vggdoctor report", **document}


def schema_text() -> str:
    """The file's content, indented by two spaces, with a final newline."""
    return msgspec.json.format(msgspec.json.encode(schema()), indent=2).decode() + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(schema_text(), encoding="utf-8")
