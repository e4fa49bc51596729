"""``vggdoctor demo``."""

from __future__ import annotations

from pathlib import Path

from vggdoctor.cli.application import app
from vggdoctor.cli.arguments import Budget, FailOn, Out
from vggdoctor.cli.audit import audit_and_write

DEMO_FOLDER = Path("vggdoctor-demo")


@app.command()
def demo(out: Out = DEMO_FOLDER, budget: Budget = 120.0) -> int:
    """Audit a small faulty VGG16 project that ships with the tool; it is put into --out, too. Findings are no failure here."""
    from vggdoctor.demo import create
    from vggdoctor.options import Options

    project = create(out / "project")
    return audit_and_write(
        Options(path=project, budget=budget), out, ("html", "json"), FailOn.NEVER, f"vggdoctor audit {project}"
    )
