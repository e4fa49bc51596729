"""An audit as TensorBoard's event files: numbers as scalars, curves over their steps, figures as images, findings as text.

Written with TensorBoard's own writer, so this needs the package ``tensorboard``, and no TensorFlow.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.types_pb2 import DT_STRING
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from vggdoctor.report.figures import draw_png
from vggdoctor.schema import AuditResult, Bars, Curve, Exhibit, Histogram

ROOT = "vggdoctor"


def write(result: AuditResult, folder: Path) -> None:
    """Add one event file to ``folder`` (made if it is not there). All tags begin with ``vggdoctor/``; step 0 but for curves.

    Raises OSError if the folder cannot be written to.
    """
    writer = EventFileWriter(str(folder))
    try:
        for step, value in _values(result):
            writer.add_event(Event(step=step, summary=Summary(value=[value])))
    finally:
        writer.close()


def _values(result: AuditResult) -> Iterator[tuple[int, Any]]:
    for finding in result.findings():
        yield 0, _text(f"{ROOT}/{finding.check}", f"**{finding.severity.value}**: {finding.message}")
        for name, measure in finding.measured.items():
            if isinstance(measure.value, (int, float)) and not isinstance(measure.value, bool):
                yield 0, Summary.Value(tag=f"{ROOT}/{finding.check}/{name}", simple_value=measure.value)
        for exhibit in finding.exhibits:
            yield from _exhibit(f"{ROOT}/{finding.check}", exhibit)
    for section in result.sections:
        for exhibit in section.exhibits:
            yield from _exhibit(f"{ROOT}/{section.title}", exhibit)


def _exhibit(tag: str, exhibit: Exhibit) -> Iterator[tuple[int, Any]]:
    if isinstance(exhibit, (Histogram, Curve, Bars)):
        image = Summary.Image(encoded_image_string=draw_png(exhibit))
        yield 0, Summary.Value(tag=f"{tag}/{exhibit.title}", image=image)
    if isinstance(exhibit, Curve) and all(x == int(x) for row in exhibit.x.values() for x in row):
        for name, row in exhibit.y.items():
            for x, y in zip(exhibit.x[name], row, strict=False):
                if y is not None:
                    yield int(x), Summary.Value(tag=f"{tag}/{exhibit.title}/{name}", simple_value=y)


def _text(tag: str, text: str) -> Any:
    metadata = SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name="text"))
    return Summary.Value(tag=tag, metadata=metadata, tensor=TensorProto(dtype=DT_STRING, string_val=[text.encode()]))
