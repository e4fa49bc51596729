"""Makes characters visible that could deceive the reader or break a document."""

from __future__ import annotations

import re

_DECEPTIVE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


def visible(text: str) -> str:
    """``text`` with control characters, text direction overrides and stray bytes written as escapes; tab and newline stay."""
    return _DECEPTIVE.sub(lambda match: match[0].encode("unicode_escape", "surrogatepass").decode("ascii"), text)
