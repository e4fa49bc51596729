"""The JSON form of an audit: a published contract, described by docs/report.schema.json."""

from __future__ import annotations

from typing import Any

import msgspec

from vggdoctor.schema import AuditResult


def render(result: AuditResult) -> str:
    """The document, indented by two spaces, with a final newline.

    Not-finite numbers become null. A file name that is not valid Unicode has its stray bytes written as ``\\udcNN`` text.
    """
    try:
        document = msgspec.json.encode(result)
    except UnicodeEncodeError:
        document = msgspec.json.encode(encodable(msgspec.to_builtins(result)))
    return msgspec.json.format(document, indent=2).decode() + "\n"


def encodable(value: Any) -> Any:
    """Plain values without characters that UTF-8 has no bytes for."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {encodable(key): encodable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [encodable(item) for item in value]
    return value
