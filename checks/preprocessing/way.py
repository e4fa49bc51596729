"""The way of the pictures into the model: whether it is known in full, and in which order it leaves the channels."""

from __future__ import annotations

from collections.abc import Sequence

from vggdoctor.backbones import Mode
from vggdoctor.checks.preprocessing.contract import mode_of
from vggdoctor.evidence import Pipeline, Role, Step
from vggdoctor.schema import Confidence

RGB, BGR = "RGB", "BGR"


def doubt(pipeline: Pipeline) -> str:
    """Why what a pipeline does to the values is not known; empty if it is."""
    lost = next((step for step in pipeline.steps if step.role is Role.UNKNOWN), None)
    if lost is not None:
        return f"a step on the way of the pictures is not understood: {lost.reason or lost.spelling}"
    if not pipeline.start_range.known:
        return f"where the pictures come from is not known: {pipeline.start_range.reason}"
    if not pipeline.complete.is_(True):
        return f"the way of the pictures is not known in full: {pipeline.complete.reason or 'a part was not understood'}"
    return ""


def channel_order(pipeline: Pipeline, steps: Sequence[Step]) -> str:
    """``RGB`` or ``BGR`` after ``steps``; empty for grey pictures.

    cv2.imread gives BGR, every other loader RGB; each swap, and each preprocess_input of caffe mode, turns the order round.
    """
    if pipeline.color_mode.is_("grayscale") or any(step.operation == "to_grey" for step in steps):
        return ""
    order = RGB
    for step in steps:
        if step.operation in ("bgr_source", "bgr_to_rgb") or mode_of(step) is Mode.CAFFE:
            order = RGB if order == BGR else BGR
    return order


def surest(steps: Sequence[Step]) -> Confidence:
    """The confidence of what is concluded from all of ``steps``: that of the least certain one."""
    return max((step.confidence for step in steps), key=lambda confidence: confidence.rank, default=Confidence.HIGH)
