"""Audits one program as a user would, and looks up where its faults stand in the report."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from tests.benchmarks.faults.program import Case
from tests.benchmarks.faults.record import Record, Tried
from vggdoctor.schema import AuditResult, Fix


def examine(case: Case, pictures: Path, seed: int, budget: float, keep: Path | None) -> Record:
    """Write the program into a folder of its own and audit it from the command line; ``seed`` is that of both."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = (keep or Path(temporary)) / f"{case.name}-{seed}"
        project = folder / "project"
        project.mkdir(parents=True, exist_ok=True)
        (project / f"{case.base}.py").write_text(case.source(), encoding="utf-8")
        data = str(pictures.resolve())
        command = [sys.executable, "-m", "vggdoctor.cli", "audit", str(project), "--args", f"{data} {seed}", "--data", data]
        command += ["--seed", str(seed), "--budget", str(budget), "--out", str(folder), "--format", "json,html"]
        command += ["--fail-on", "never"]
        started = time.monotonic()
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        seconds = round(time.monotonic() - started, 1)
        if not (folder / "report.json").is_file():
            return Record(case=case.name, seed=seed, seconds=seconds, problem=ended.stderr.strip()[-300:])
        result = msgspec.json.decode((folder / "report.json").read_bytes(), type=AuditResult)
    return _record(case, seed, seconds, result)


def _record(case: Case, seed: int, seconds: float, result: AuditResult) -> Record:
    findings = result.findings()
    order = [finding.check for finding in findings]
    return Record(
        case=case.name,
        seed=seed,
        seconds=seconds,
        ranks={fault.name: _rank(order, fault.causes) for fault in case.faults},
        found=tuple((finding.check, finding.severity.value) for finding in findings),
        fixes=tuple(_tried(finding.check, finding.fix) for finding in findings if finding.fix),
        joint=_tried("all", result.combined_fix) if result.combined_fix else None,
        problem="; ".join(f"{name} {report.reason}" for name, report in result.gather.items() if report.status == "failed"),
    )


def _rank(order: list[str], causes: tuple[str, ...]) -> int | None:
    return next((rank for rank, check in enumerate(order, 1) if check in causes), None)


def _tried(check: str, fix: Fix) -> Tried:
    verdict = fix.verdict
    if verdict is None:
        return Tried(check, "none")
    return Tried(check, verdict.trial.value, verdict.gain, verdict.interval, verdict.metric, verdict.reason)
