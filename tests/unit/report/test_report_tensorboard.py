"""Event files for TensorBoard: read back with TensorBoard's own reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from vggdoctor.cli import main
from vggdoctor.report import render
from vggdoctor.schema import (
    AuditResult,
    Confidence,
    Curve,
    Finding,
    Measure,
    Outcome,
    Section,
    Severity,
    Status,
    Tool,
)

pytest.importorskip("tensorboard")

LOSS = Curve("Loss", "epoch", "loss", {"loss": (1.0, 2.0, 3.0)}, {"loss": (2.3, None, 1.5)}, levels={"guessing": 2.3})


@pytest.fixture
def report(tmp_path: Path) -> Path:
    finding = Finding(
        check="bad-thing",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        message="It is bad",
        measured={"rate": Measure(0.1), "backbone": Measure("VGG16")},
        exhibits=(LOSS,),
    )
    result = AuditResult(
        tool=Tool("vggdoctor", "0"),
        project="p",
        duration_s=0.0,
        environment={},
        gather={},
        outcomes=(Outcome(check="bad-thing", status=Status.FAILED, findings=(finding,)),),
        sections=(Section(title="Probe", rows=(), exhibits=(LOSS,)),),
    )
    path = tmp_path / "report.json"
    path.write_text(render(result, "json"))
    return path


def test_numbers_curves_figures_and_words_are_there(report: Path, tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    assert main(["tensorboard", str(report), str(tmp_path / "runs")]) == 0
    seen = EventAccumulator(str(tmp_path / "runs"))
    seen.Reload()
    assert seen.Tags()["scalars"] == ["vggdoctor/bad-thing/rate", "vggdoctor/bad-thing/Loss/loss", "vggdoctor/Probe/Loss/loss"]
    assert [(event.step, event.value) for event in seen.Scalars("vggdoctor/Probe/Loss/loss")] == [
        (1, pytest.approx(2.3)),
        (3, 1.5),
    ]
    (image,) = seen.Images("vggdoctor/Probe/Loss")
    assert image.encoded_image_string.startswith(b"\x89PNG")
    assert seen.Tags()["tensors"] == ["vggdoctor/bad-thing"]


def test_a_figure_has_its_colours_on_paper() -> None:
    from io import BytesIO

    from PIL import Image

    from vggdoctor.report.figures import draw_png

    colours = Image.open(BytesIO(draw_png(LOSS))).convert("RGB").getcolors(1_000_000)
    assert (9, 105, 218) in {colour for _, colour in colours or []}


def test_a_missing_package_is_one_clear_line(
    report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "tensorboard.compat.proto.event_pb2", None)
    monkeypatch.delitem(sys.modules, "vggdoctor.report.tensorboard", raising=False)
    assert main(["tensorboard", str(report), str(tmp_path / "runs")]) == 2
    assert "pip install tensorboard" in capsys.readouterr().err
