"""vggdoctor: why is my VGG16 underperforming?

What is exported loads when it is first used: ``vggdoctor --help`` and people's imports of one check stay fast.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vggdoctor.api import Audit, audit
    from vggdoctor.callback import Callback
    from vggdoctor.check import Case, Check
    from vggdoctor.options import Options
    from vggdoctor.schema import AuditResult, Confidence, Finding, Severity

__all__ = ["Audit", "AuditResult", "Callback", "Case", "Check", "Confidence", "Finding", "Options", "Severity", "audit"]

_HOMES = {
    "Audit": "api",
    "AuditResult": "schema",
    "Callback": "callback",
    "Case": "check",
    "Check": "check",
    "Confidence": "schema",
    "Finding": "schema",
    "Options": "options",
    "Severity": "schema",
    "audit": "api",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
