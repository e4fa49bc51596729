"""The types that leave the tool: what reports, JSON and people's tests see. Nothing heavy is imported here."""

from vggdoctor.schema.exhibit import Bars, Curve, Exhibit, Histogram
from vggdoctor.schema.finding import Confidence, Finding, Measure, NotApplicable, Severity, Undetermined
from vggdoctor.schema.fix import (
    AppendItem,
    Change,
    Fix,
    InsertStatements,
    RemoveArgument,
    RemoveStatement,
    Repair,
    ReplaceExpression,
    Safety,
    SetArgument,
    Trial,
    Verdict,
)
from vggdoctor.schema.location import Location
from vggdoctor.schema.result import (
    SCHEMA_VERSION,
    AuditResult,
    GatherReport,
    Outcome,
    Row,
    Section,
    Status,
    Tool,
)

__all__ = [
    "SCHEMA_VERSION",
    "AppendItem",
    "AuditResult",
    "Bars",
    "Change",
    "Confidence",
    "Curve",
    "Exhibit",
    "Finding",
    "Fix",
    "GatherReport",
    "Histogram",
    "InsertStatements",
    "Location",
    "Measure",
    "NotApplicable",
    "Outcome",
    "RemoveArgument",
    "RemoveStatement",
    "Repair",
    "ReplaceExpression",
    "Row",
    "Safety",
    "Section",
    "SetArgument",
    "Severity",
    "Status",
    "Tool",
    "Trial",
    "Undetermined",
    "Verdict",
]
