"""vggdoctor: why is my VGG16 underperforming?"""

from vggdoctor.audit import audit
from vggdoctor.check import Case, Check
from vggdoctor.options import Options
from vggdoctor.schema import AuditResult, Confidence, Finding, Severity

__all__ = ["AuditResult", "Case", "Check", "Confidence", "Finding", "Options", "Severity", "audit"]
