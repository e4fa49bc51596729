"""The pretrained network inside a model, for the checks that ask how it is trained."""

from __future__ import annotations

from vggdoctor.evidence import Backbone, Stage
from vggdoctor.schema import NotApplicable, Undetermined


def backbone_of(stage: Stage) -> Backbone | Undetermined | NotApplicable:
    """The backbone of keras.applications that a stage trains on, whatever its weights, or why there is none to judge."""
    if not stage.model.backbone.known:
        return Undetermined(f"the network is not fully known: {stage.model.backbone.reason}")
    return stage.model.backbone.value or NotApplicable("no backbone of keras.applications is trained")


def trained_of(stage: Stage) -> Backbone | Undetermined | NotApplicable:
    """The backbone if it is pretrained and some of its layers train."""
    backbone = backbone_of(stage)
    if not isinstance(backbone, Backbone):
        return backbone
    if not backbone.weights.known:
        return Undetermined(f"the weights of {backbone.application} are not known: {backbone.weights.reason}")
    if backbone.weights.value is None:
        return NotApplicable(f"{backbone.application} starts from random weights")
    if not backbone.trainable.known:
        return Undetermined(f"which layers of {backbone.application} train is not known: {backbone.trainable.reason}")
    if backbone.trainable.value == "none":
        return NotApplicable("no pretrained layer trains")
    return backbone
