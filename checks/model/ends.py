"""The three ends that must fit: the network's output, the loss, and the labels; and what is known not to fit.

What Keras makes of each combination was tried with Keras 3.15.1 and TensorFlow 2.21 (three separable classes, 12 epochs).
"""

from __future__ import annotations

import math
from enum import Enum

from msgspec import Struct

from vggdoctor.evidence import Compile, Fact, FirstLook, Loss, Model, Pipeline, Stage
from vggdoctor.schema import Confidence, Location, Severity, Undetermined

CATEGORICAL = ("categorical_crossentropy", "categorical_focal_crossentropy")
SPARSE = ("sparse_categorical_crossentropy",)
BINARY = ("binary_crossentropy", "binary_focal_crossentropy")
CROSSENTROPIES = (*CATEGORICAL, *SPARSE, *BINARY)
REGRESSION = (
    "mean_squared_error", "mse", "mean_absolute_error", "mae", "huber", "huber_loss", "log_cosh", "logcosh",
    "mean_absolute_percentage_error", "mape", "mean_squared_logarithmic_error", "msle",
)  # fmt: skip
NEEDING_ONE_HOT = ("categorical_accuracy", "top_k_categorical_accuracy", "precision", "recall", "auc", "f1_score", "fbeta_score")
"""Metrics that compare columns with columns."""
UNSUITED = ("relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "swish", "tanh", "softsign")
"""Activations whose values are neither probabilities nor free logits."""


class Mend(Enum):
    """What a correction changes; the check turns it into edits."""

    NONE = "none"
    ACTIVATION = "activation"
    LOSS = "loss"
    ACTIVATION_AND_LOSS = "activation and loss"
    FROM_LOGITS = "from_logits"
    LABELS = "labels"
    INNER = "inner activation"


class Ends(Struct, kw_only=True, frozen=True):
    """What is known of the ends of one stage; None is unknown. ``labels`` is the ``label_form`` of the training pipeline,
    ``seen`` the labels and outputs that the probe saw."""

    stage: Stage
    model: Model
    compiled: Compile
    loss: Loss
    units: int | None
    activation: str | None
    from_logits: bool | None
    labels: str | None
    classes: int | None
    confidence: Confidence
    seen: FirstLook | None = None


class Mismatch(Struct, kw_only=True, frozen=True):
    """One way in which the ends do not fit. ``activation``, ``loss`` and ``labels`` are what the correction puts there."""

    message: str
    severity: Severity = Severity.ERROR
    mend: Mend = Mend.NONE
    activation: str = ""
    loss: str = ""
    labels: str = ""
    places: tuple[Location | None, ...] = ()


def ends_of(stage: Stage, seen: FirstLook | None = None) -> Ends | Undetermined:
    """The ends of a stage, or why they can't be compared."""
    if not stage.compiled.known or stage.compiled.value is None:
        return Undetermined(f"the compile of this training is not known: {stage.compiled.reason}")
    compiled = stage.compiled.value
    if not compiled.loss.known or compiled.loss.value is None:
        return Undetermined(f"the loss is not known: {compiled.loss.reason}")
    loss = compiled.loss.value
    if loss.name not in (*CROSSENTROPIES, *REGRESSION):
        return Undetermined(f"the loss {loss.name} is not one that this check knows")
    if stage.model.outputs.known and stage.model.outputs.value != 1:
        return Undetermined("the model has several outputs")
    output, train = stage.model.output, stage.train
    facts: tuple[Fact[int] | Fact[str] | Fact[bool], ...] = (
        output.units,
        output.activation,
        loss.from_logits,
        train.label_form,
        train.classes,
    )
    return Ends(
        stage=stage,
        model=stage.model,
        compiled=compiled,
        loss=loss,
        units=output.units.get(None),
        activation=output.activation.get(None),
        from_logits=loss.from_logits.get(None),
        labels=_label_form(train),
        classes=_classes(train),
        confidence=max((fact.confidence for fact in facts if fact.known), key=lambda c: c.rank, default=Confidence.HIGH),
        seen=seen,
    )


def unknown_end(ends: Ends) -> str:
    """What must be known before the ends can be said to fit; empty if all is."""
    for fact, what in (
        (ends.model.output.units, "number of output units"),
        (ends.model.output.activation, "activation of the output"),
        (ends.stage.train.label_form, "form of the labels"),
    ):
        if not fact.known and not (fact is ends.stage.train.label_form and ends.seen):
            return f"the {what} is not known: {fact.reason}"
    return ""


def mismatch_of(ends: Ends) -> Mismatch | None:
    """The gravest thing that does not fit; the shape of the labels comes first, for there fit stops."""
    rules = (
        _impossible_labels,
        _one_unit,
        _several_at_once,
        _labels_against_loss,
        _without_probabilities,
        _several_units,
        _softened_twice,
        _softmax_of_softmax,
        _regression,
    )
    return next((found for rule in rules if (found := rule(ends))), None)


def _label_form(pipeline: Pipeline) -> str | None:
    """The ``label_form``; a single column is no one-hot coding, whatever made it (``numpy.ones((n, 1))``)."""
    form = pipeline.label_form.get(None)
    return "binary" if form == "one-hot" and pipeline.classes.is_(1) else form


def _classes(pipeline: Pipeline) -> int | None:
    return 2 if _label_form(pipeline) == "binary" else pipeline.classes.get(None)


def _impossible_labels(ends: Ends) -> Mismatch | None:
    """Labels that the probe saw and that are no classes for this loss: scaled along with the pictures, or counted from 1."""
    if ends.seen is None or ends.seen.label_range is None:
        return None
    low, high = ends.seen.label_range
    shown = f"{low:.4g}..{high:.4g}"
    places = (ends.loss.place, ends.stage.place)
    if ends.loss.name in SPARSE and (low < 0 or not ends.seen.whole_labels):
        return Mismatch(
            message=f"the labels are {shown} and no whole numbers from 0 on: {ends.loss.name} cuts them off to class numbers",
            places=places,
        )
    if ends.loss.name in BINARY and ends.units == 1 and (low < 0 or high > 1):
        return Mismatch(
            message=f"the labels are {shown}, and {ends.loss.name} takes 0 to 1: the loss falls below zero without end",
            places=places,
        )
    return None


def _one_unit(ends: Ends) -> Mismatch | None:
    if ends.units != 1:
        return None
    output, loss = ends.model.output.place, ends.loss.place
    two_classes = ends.classes == 2 or ends.loss.name in BINARY
    suited = {"sigmoid": Mend.LOSS, "linear": Mend.ACTIVATION_AND_LOSS}.get(ends.activation or "", Mend.NONE)
    if ends.activation == "softmax" and ends.loss.name in (*CROSSENTROPIES, *REGRESSION):
        is_binary = ends.loss.name in (*BINARY, *REGRESSION)
        mend = Mend.ACTIVATION if is_binary else Mend.ACTIVATION_AND_LOSS
        return Mismatch(
            message="softmax over one unit is always 1: every picture is given the same class, although the loss may fall",
            mend=mend if two_classes else Mend.NONE,
            activation="sigmoid",
            loss="binary_crossentropy",
            places=(output, loss),
        )
    if ends.loss.name in CATEGORICAL:
        return Mismatch(
            message=f"{ends.loss.name} over one unit is exactly 0 whatever the unit says, so nothing is learnt",
            mend=suited if two_classes else Mend.NONE,
            activation="sigmoid",
            loss="binary_crossentropy",
            places=(loss, output),
        )
    if ends.loss.name in SPARSE:
        return Mismatch(
            message=f"{ends.loss.name} needs one unit a class, and there is one unit in all: class 1 has none",
            mend=suited if two_classes else Mend.NONE,
            activation="sigmoid",
            loss="binary_crossentropy",
            places=(loss, output),
        )
    return None


def _several_at_once(ends: Ends) -> Mismatch | None:
    """Labels of several classes a row under a softmax, whose probabilities share out one whole among them."""
    name = ends.loss.name
    if ends.labels != "multi-hot" or ends.units == 1 or ends.from_logits is None or name not in (*CATEGORICAL, *BINARY):
        return None
    softens = ends.activation == "softmax"
    mend = {
        (True, True): Mend.ACTIVATION_AND_LOSS,
        (True, False): Mend.ACTIVATION,
        (False, True): Mend.LOSS if ends.activation == "sigmoid" or ends.from_logits else Mend.NONE,
    }.get((softens, name in CATEGORICAL))
    if mend is None:
        return None
    how = "softmax shares 100 % out among the classes" if softens else f"{name} shares 100 % out among the classes"
    return Mismatch(
        message=f"a row of the labels may hold several classes at once, and {how}: two of them can't both be likely",
        mend=mend,
        activation="sigmoid",
        loss="binary_crossentropy",
        places=(ends.model.output.place, ends.loss.place),
    )


def _labels_against_loss(ends: Ends) -> Mismatch | None:
    """Combinations at which Keras 3 stops (all tried), and class numbers above 1 for a single unit."""
    units, labels, name = ends.units, ends.labels, ends.loss.name
    loader = ends.stage.train.loader.place if ends.stage.train.loader else None
    places = (ends.loss.place, loader or ends.model.output.place)
    if units is None or labels not in ("integer", "one-hot", "binary"):
        return None
    if units == 1:
        if name in BINARY and labels == "one-hot":
            return Mismatch(
                message=f"one-hot labels of {ends.classes or 'several'} columns meet one output unit: fit stops at the shapes",
                mend=Mend.LABELS if ends.classes == 2 else Mend.NONE,
                labels="binary",
                places=(loader or ends.loss.place, ends.model.output.place),
            )
        if name in BINARY and labels == "integer" and (ends.classes or 0) > 2:
            return Mismatch(
                message=f"class numbers 0..{(ends.classes or 0) - 1} meet one unit under {name}, which takes 0 and 1 only: "
                "the loss falls below zero without end",
                places=(ends.model.output.place, ends.loss.place),
            )
        return None
    if name in CATEGORICAL and labels != "one-hot":
        what = "class numbers" if labels == "integer" else "one column of 0 and 1"
        return Mismatch(
            message=f"{name} expects one-hot labels of {units} columns and is given {what}: fit stops at the shapes",
            mend=Mend.LABELS if labels == "binary" or _measures_columns(ends) else Mend.LOSS,
            loss="sparse_categorical_crossentropy",
            labels="categorical",
            places=places,
        )
    if name in SPARSE and labels == "one-hot":
        return Mismatch(
            message=f"{name} expects class numbers and is given one-hot labels: fit stops at the shapes",
            mend=Mend.LOSS,
            loss="categorical_crossentropy",
            places=places,
        )
    if name in BINARY and labels != "one-hot":
        return Mismatch(
            message=f"{name} over {units} units expects {units} columns of labels and is given one: fit stops at the shapes",
            mend=Mend.LOSS if ends.activation == "softmax" else Mend.LABELS,
            loss="sparse_categorical_crossentropy",
            labels="categorical",
            places=places,
        )
    if name in REGRESSION and labels != "one-hot" and ends.activation == "softmax":
        return Mismatch(
            message=f"{name} subtracts {units} probabilities from one class number",
            mend=Mend.LOSS,
            loss="sparse_categorical_crossentropy",
            places=places,
        )
    return None


def _measures_columns(ends: Ends) -> bool:
    metrics = ends.compiled.metrics.get(()) or ()
    return any(metric.name in NEEDING_ONE_HOT for metric in metrics)


def _without_probabilities(ends: Ends) -> Mismatch | None:
    """An output that is neither probabilities nor logits, under a cross-entropy."""
    if ends.loss.name not in CROSSENTROPIES or ends.activation is None or ends.from_logits is None:
        return None
    proper = "sigmoid" if ends.loss.name in BINARY else "softmax"
    places = (ends.model.output.place, ends.loss.place)
    if ends.activation == "linear" and not ends.from_logits:
        return Mismatch(
            message=f"the output is linear, but {ends.loss.name} without from_logits=True takes it for probabilities",
            mend=Mend.ACTIVATION,
            activation=proper,
            places=places,
        )
    if ends.activation in UNSUITED:
        what = "logits that it cuts off" if ends.from_logits else "probabilities, which it does not give"
        return Mismatch(
            message=f"the output ends in {ends.activation}, but {ends.loss.name} takes it for {what}",
            severity=Severity.WARNING if ends.from_logits else Severity.ERROR,
            mend=Mend.NONE if ends.from_logits else Mend.ACTIVATION,
            activation=proper,
            places=places,
        )
    return None


def _several_units(ends: Ends) -> Mismatch | None:
    """Pairs that Keras 3 trains after all, but not as written. It takes the logits from under the activation, so softmax under
    binary cross-entropy trains independent sigmoids, and sigmoids under a categorical one train as a softmax."""
    if ends.units is None or ends.units < 2:
        return None
    if ends.activation == "softmax" and ends.loss.name in BINARY and ends.labels == "one-hot":
        return Mismatch(
            message=f"{ends.loss.name} trains {ends.units} separate yes-or-no units, while softmax reports one choice among "
            "them: it learns to choose, but its probabilities are too sure",
            severity=Severity.NOTE if ends.units == 2 else Severity.WARNING,
            mend=Mend.LOSS,
            loss="categorical_crossentropy",
            places=(ends.loss.place, ends.model.output.place),
        )
    if ends.activation == "sigmoid" and ends.loss.name in (*CATEGORICAL, *SPARSE):
        return Mismatch(
            message=f"{ends.units} sigmoid units under {ends.loss.name}: Keras trains them as a softmax, but they do not predict "
            "probabilities that add up to 1",
            severity=Severity.NOTE,
            mend=Mend.ACTIVATION,
            activation="softmax",
            places=(ends.model.output.place, ends.loss.place),
        )
    return None


def _softened_twice(ends: Ends) -> Mismatch | None:
    """With TensorFlow as backend Keras notices the activation and uses the logits below it; other backends apply it twice."""
    if not ends.from_logits or ends.activation not in ("softmax", "sigmoid") or ends.loss.name not in CROSSENTROPIES:
        return None
    return Mismatch(
        message=f"from_logits=True says that the output is logits, but it ends in {ends.activation}: Keras warns and takes the "
        "logits below with TensorFlow, and applies both with other backends",
        severity=Severity.NOTE,
        mend=Mend.FROM_LOGITS,
        places=(ends.loss.place, ends.model.output.place),
    )


def _softmax_of_softmax(ends: Ends) -> Mismatch | None:
    """A Softmax layer behind a layer that ends in softmax itself: of C classes, none is ever given more than e / (e + C - 1)."""
    if len(ends.model.layers) < 2 or not ends.model.in_line.is_(True) or ends.loss.name not in CROSSENTROPIES:
        return None
    inner, outer = ends.model.layers[-2:]
    if outer.kind not in ("Softmax", "Activation") or not (outer.activation.is_("softmax") and inner.activation.is_("softmax")):
        return None
    most = f": no class is ever given more than {math.e / (math.e + ends.units - 1):.0%}" if ends.units else ""
    return Mismatch(
        message=f"softmax is taken twice, by {inner.kind} and by {outer.kind} behind it{most}, so the loss cannot get near 0",
        severity=Severity.WARNING,
        mend=Mend.INNER,
        places=(inner.place, outer.place, ends.loss.place),
    )


def _regression(ends: Ends) -> Mismatch | None:
    """Class labels under a squared error. A linear unit is a regression, which is none of our business."""
    if ends.loss.name not in REGRESSION or ends.labels not in ("one-hot", "binary", "integer"):
        return None
    if ends.activation not in ("softmax", "sigmoid"):
        return None
    if ends.units == 1 and ends.classes != 2:
        return None
    one = ends.units == 1 or ends.activation == "sigmoid"
    return Mismatch(
        message=f"{ends.loss.name} compares probabilities of classes with labels: where the network is sure and wrong, its "
        "gradient vanishes, where cross-entropy's is largest",
        severity=Severity.WARNING,
        mend=Mend.LOSS,
        loss="binary_crossentropy" if one else "categorical_crossentropy",
        places=(ends.loss.place, ends.model.output.place),
    )
