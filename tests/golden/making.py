"""From saved evidence to a result, and from that to every format: what ``test_golden.py`` compares with the files beside it.

``python -m tests.golden.making`` writes the files anew; look at the difference before it is committed. ``evidence.json`` is what
reading gives for ``project``, with a data set and a few measurements made up.
"""

from __future__ import annotations

import io
import re
from pathlib import Path

import msgspec
from msgspec.structs import replace
from rich.console import Console

from vggdoctor import baseline, registry
from vggdoctor.evidence import Evidence
from vggdoctor.fixing.stored import placed
from vggdoctor.judge import judge
from vggdoctor.options import Fixes
from vggdoctor.project import Project
from vggdoctor.report import FORMATS, render, text
from vggdoctor.schema import AuditResult, GatherReport, Tool
from vggdoctor.summary import measurements, summarize
from vggdoctor.treatment import treat

FOLDER = Path(__file__).parent
CHECKS = (
    "rescale-only-preprocessing",
    "learning-rate-divergence",
    "class-imbalance",
    "missing-lr-schedule",
    "double-normalization",
    "batchnorm-drift",
    "validation-is-test",
)
REPORTS = {
    "source": GatherReport(status="ok", seconds=0.02),
    "dataset": GatherReport(status="ok", seconds=0.4),
    "capture": GatherReport(
        status="partial", reason="the second fit was not reached within the budget; raise --budget", seconds=41.0
    ),
    "probe": GatherReport(status="ok", seconds=30.5),
}


def result() -> AuditResult:
    """What an audit without trials makes of the saved evidence. The checks' own texts are left out: they have other tests."""
    evidence = msgspec.json.decode((FOLDER / "evidence.json").read_bytes(), type=Evidence)
    project = Project(FOLDER / "project")
    checks = registry.load().select(CHECKS, ())
    outcomes = placed(project, baseline.fingerprint(project, judge(checks, evidence)))
    treated = treat(project, checks, outcomes, evidence, examine=lambda _: evidence, judge=judge, depth=Fixes.PLANNED)
    return AuditResult(
        tool=Tool("vggdoctor", "0.1.0"),
        project="birds",
        duration_s=52.5,
        environment={"python": "3.11.9", "keras": "3.15.1"},
        gather=REPORTS,
        outcomes=tuple(replace(outcome, about={}) for outcome in treated.outcomes),
        sections=summarize(evidence),
        measured=measurements(evidence.probe),
        notices=treated.notices,
        command="vggdoctor audit birds",
    )


def documents() -> dict[str, str]:
    """File name -> content. Of the HTML the structure alone: no style, no script, no drawing, no picture."""
    found = result()
    written = {name: render(found, form) for form, name in FORMATS.items()}
    page = re.sub(r"(?s)<(style|script|svg)\b.*?</\1>", r"<\1/>", written.pop(FORMATS["html"]))
    page = re.sub(r"(sha256-|base64,)[A-Za-z0-9+/=]+", r"\1...", page)
    stream = io.StringIO()
    text.show(found, Console(file=stream))
    return {**written, "report.html": re.sub(r"\n\s*\n+", "\n", page), "report.txt": stream.getvalue()}


if __name__ == "__main__":
    for name, content in documents().items():
        (FOLDER / name).write_text(content, encoding="utf-8")
