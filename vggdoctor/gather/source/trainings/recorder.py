"""Watches the calls that the evaluator meets, and writes the recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

from vggdoctor.evidence import CallbackUse, Compile, Evaluation, Fact, Model, Stage, known, unknown
from vggdoctor.gather.source.facts import Arguments
from vggdoctor.gather.source.interpreter import networks
from vggdoctor.gather.source.interpreter.attributes import outside_bases
from vggdoctor.gather.source.interpreter.values import (
    Attribute,
    Instance,
    Known,
    OneOf,
    Result,
    Unknown,
    Value,
    constant,
    options,
)
from vggdoctor.gather.source.models.freezing import as_trained
from vggdoctor.gather.source.models.model import read_model
from vggdoctor.gather.source.names import words
from vggdoctor.gather.source.pipelines.tracer import Tracer
from vggdoctor.gather.source.trainings.comparisons import compared
from vggdoctor.gather.source.trainings.devkit import Devkit
from vggdoctor.gather.source.trainings.futile import Futile
from vggdoctor.gather.source.trainings.idle import Idle
from vggdoctor.gather.source.trainings.made import Made
from vggdoctor.gather.source.trainings.saved import SAVES, Saves, checkpoints, loaded_from, note_weights, saved_network
from vggdoctor.gather.source.trainings.stage import read_compile, read_stage
from vggdoctor.gather.source.trainings.tape import Tape, training
from vggdoctor.schema import Location

if TYPE_CHECKING:
    from vggdoctor.gather.source.interpreter.evaluator import Evaluator

FITS = frozenset({".fit", ".fit_generator", ".train_on_batch", ".search"})
"""``search`` of a tuner, as which it comes here, is the fit of the network that it builds."""
JUDGES = frozenset(
    [
        ".predict",
        ".predict_generator",
        ".predict_classes",
        ".predict_on_batch",
        ".evaluate",
        ".evaluate_generator",
        ".predict_proba",
    ]
)
_KERAS_FIT_ARGUMENTS = words(
    """epochs nb_epoch batch_size validation_data validation_split callbacks steps_per_epoch verbose class_weight
    validation_steps"""
)
_NOT_NETWORKS = (
    "sklearn.",
    "xgboost.",
    "autokeras.",
    "lightgbm.",
    "catboost.",
    "keras.preprocessing.",
    "keras.layers.",
    "imblearn.",
    "numpy.",
    "pandas.",
)
POLICIES = words("set_global_policy set_dtype_policy set_policy")
"""Calls that set the type that all layers made later compute in (mixed precision)."""
MAXIMUM_STAGES = 80
"""Different configurations kept for one project."""


class Recorder:
    """Collects stages and evaluations, each configuration once."""

    def __init__(self) -> None:
        self.stages: list[Stage] = []
        self.evaluations: list[Evaluation] = []
        self.out_of_scope: list[str] = []
        self._keys: list[Any] = []
        self._last: dict[int, int] = {}
        self._kept: list[Value] = []
        self._busy = False
        self.saves = Saves()
        self.made = Made()
        self.idle = Idle()
        self.devkit = Devkit()
        self.futile = Futile()

    def observe(self, run: Evaluator, call: Result) -> None:
        """Told of every outside call. What readers call themselves while they follow a function is not recorded."""
        if self._busy:
            return
        self._busy = True
        try:
            self._observe(run, call)
        finally:
            self._busy = False

    def _observe(self, run: Evaluator, call: Result) -> None:
        self.made.note(run, call)
        self.idle.note(call)
        self.devkit.note(run, call)
        self.futile.note(call)
        if call.function == ".compile" and isinstance(call.receiver, Result | Instance):
            run.heap.store(call.receiver.attributes, "#compile", call)
            run.heap.store(call.receiver.attributes, "#fitted", Known(False))
        elif call.function in FITS and call.receiver is not None and self._is_training(call, call.receiver):
            self._fit(run, call, call.receiver)
        elif call.function in {".apply_gradients", ".apply"} and (tape := training(call)) is not None:
            self._follow_tape(run, tape)
        elif call.function in JUDGES and call.receiver is not None and not _is_foreign(call.receiver):
            self._judge(run, call, call.receiver)
        elif call.function.startswith("sklearn.metrics.") and call.place is not None:
            self._add_evaluation(
                Evaluation(
                    name=call.function,
                    place=call.place,
                    pipeline=unknown("labels and predictions are compared"),
                    compared=compared(call, Tracer(run)),
                )
            )
        elif call.function in {"numpy.save", "joblib.dump", "pickle.dump"} and len(call.arguments) > 1:
            self._saved(run, call)
        elif call.name == "set_value" and len(call.arguments) == 2:
            _rate_set(run, call)
        elif call.function in SAVES:
            self.saves.note(call, self._last)
            network, path = saved_network(call)
            if isinstance(network, Result) and path and call.name != "save_weights" and networks.is_network(network):
                run.program.networks[path] = network
        elif call.function in {".load_weights", ".set_weights"}:
            note_weights(run, call)
        elif call.name in POLICIES:
            run.heap.store(run.settings, "policy", call.arguments[0] if call.arguments else Unknown("a policy"))
        elif call.function.startswith("keras.layers."):
            call.attributes["#policy"] = run.settings["policy"]

    def _saved(self, run: Evaluator, call: Result) -> None:
        target, content = call.arguments[:2] if call.function == "numpy.save" else (call.arguments[1], call.arguments[0])
        if isinstance(target, Result) and target.name == "open" and target.arguments:
            target = target.arguments[0]
        if isinstance(path := constant(target), str):
            run.program.saved[path] = content

    def _is_training(self, call: Result, receiver: Value) -> bool:
        if _is_foreign(receiver):
            return False
        if call.name == "search":
            return networks.is_network(receiver)
        if networks.is_network(receiver) or call.name != "fit":
            return True
        if isinstance(receiver, Instance):
            return bool(outside_bases(receiver.owner) & {"keras.Model", "keras.Sequential"})
        if isinstance(receiver, Result) and ("#compile" in receiver.attributes or receiver.function.startswith("keras.")):
            return True
        return not _KERAS_FIT_ARGUMENTS.isdisjoint(call.keywords)

    # fit

    def _fit(self, run: Evaluator, call: Result, receiver: Value) -> None:
        if len(self.stages) >= MAXIMUM_STAGES:
            return
        tracer = Tracer(run)
        arguments = Arguments(call)
        x, y = arguments.get("x"), arguments.get("y")
        if x is None and not call.unsure:
            self.out_of_scope.append("fit is given no data")
            return
        train = tracer.given(x, y)
        model = read_model(run, receiver, tracer)
        if tracer.extractor is not None:
            model = self._on_features(run, model, tracer)
        model = as_trained(run, receiver, model)
        compiled = self._compiled(receiver)
        stage = read_stage(call, model, compiled, tracer, train, self._last.get(id(receiver)))
        if stage is None:
            return
        reason = out_of_scope(stage, x is not None and x is y)
        if reason:
            self.saves.note_checkpoints(arguments.get("callbacks"), None)
            self.out_of_scope.append(reason)
            return
        key = _configuration(stage)
        index = next((n for n, other in enumerate(self._keys) if other == key), None)
        if index is None:
            index = len(self.stages)
            self.stages.append(stage)
            self._keys.append(key)
        self._last[id(receiver)] = index
        self._kept.append(receiver)
        self.saves.note_checkpoints(arguments.get("callbacks"), index)
        for path, is_whole in checkpoints(arguments.get("callbacks")):
            if is_whole and path and isinstance(receiver, Result) and networks.is_network(receiver):
                run.program.networks[path] = receiver

    def _follow_tape(self, run: Evaluator, tape: Tape) -> None:
        """The steps of a GradientTape take the layers as they are at that moment: nothing is compiled."""
        run.heap.store(tape.network.attributes, "#compile", tape.compiled)
        run.heap.store(tape.network.attributes, "#fitted", Known(False))
        self._fit(run, tape.fit, tape.network)

    def _on_features(self, run: Evaluator, model: Model, tracer: Tracer) -> Model:
        """A head that is trained on what a backbone has predicted: the backbone belongs to the network, frozen."""
        extractor = tracer.extractor
        tracer.extractor = None
        if extractor is None or not model.backbone.is_(None):
            return model
        behind = read_model(run, extractor, tracer)
        backbone = behind.backbone.value
        if not behind.backbone.known or backbone is None:
            return structs.replace(model, backbone=behind.backbone)
        frozen = structs.replace(backbone, trainable=known("none"), trainable_from=known(None))
        return structs.replace(
            model,
            backbone=Fact(frozen, True, "", behind.backbone.locations),
            input_steps=behind.input_steps,
            layers=behind.layers + model.layers,
            complete=model.complete if behind.complete.known else behind.complete,
            input_shape=behind.input_shape
            if None not in (behind.input_shape.value or ())
            else unknown("the pictures that the features were made of give it"),
        )

    def _compiled(self, receiver: Value) -> Fact[Compile]:
        call = receiver.attributes.get("#compile") if isinstance(receiver, Result | Instance) else None
        if isinstance(call, OneOf):
            return unknown("one of several compile calls", *(option.place for option in call.options))
        if not isinstance(call, Result):
            return unknown("no compile found")
        rate = receiver.attributes.get("#rate") if isinstance(receiver, Result | Instance) else None
        read = read_compile(call, rate if isinstance(rate, Value) else None)
        return known(read, call.place) if read is not None else unknown("no compile found")

    # evaluations

    def _judge(self, run: Evaluator, call: Result, receiver: Value) -> None:
        if call.place is None:
            return
        if isinstance(call.receiver, Unknown | Attribute) and call.name == "predict" and not call.arguments and not call.keywords:
            return
        arguments = Arguments(call)
        tracer = Tracer(run)
        pipeline = tracer.given(arguments.get("x") or arguments.get("generator"), arguments.get("y"))
        self._add_evaluation(
            Evaluation(
                name=call.name,
                place=call.place,
                pipeline=known(pipeline, arguments.place("x")),
                stage=self._stage_of(receiver),
                loaded_from=loaded_from(receiver),
            )
        )

    def _stage_of(self, network: Value) -> int | None:
        """The last stage that trained a network, None where it was not trained in sight or may be one of several."""
        found = {self._last.get(id(option)) for option in options(network)}
        return found.pop() if len(found) == 1 else None

    def _add_evaluation(self, evaluation: Evaluation) -> None:
        if evaluation not in self.evaluations and len(self.evaluations) < 4 * MAXIMUM_STAGES:
            self.evaluations.append(evaluation)


_PASSING = frozenset({"follows", "directory", "locations"})
"""What does not make a training another one: files that it reads, rounds of the loop around it, where a value was written."""


def _configuration(part: Any) -> Any:
    """The essence of a stage, for comparison with others."""
    if isinstance(part, CallbackUse):
        return (part.name, part.place)
    if isinstance(part, Struct) and not isinstance(part, Location):
        names = [name for name in part.__struct_fields__ if name not in _PASSING]
        return (type(part), *(_configuration(getattr(part, name)) for name in names))
    if isinstance(part, tuple):
        once = dict.fromkeys(part) if part and all(isinstance(each, Location) for each in part) else part
        return tuple(_configuration(each) for each in once)  # rows that are shuffled in every round pass one place many times
    return part


def _is_foreign(receiver: Value) -> bool:
    """Whether fit or predict is asked of something that is not a Keras network."""
    for option in options(receiver):
        if isinstance(option, Result) and (
            option.function.startswith(_NOT_NETWORKS) or option.name.endswith(("Scaler", "Encoder", "Binarizer"))
        ):
            return True
    return False


def _rate_set(run: Evaluator, call: Result) -> None:
    """``K.set_value(model.optimizer.learning_rate, 1e-5)``"""
    target = call.arguments[0]
    if isinstance(target, Attribute) and target.name in {"lr", "learning_rate"} and isinstance(target.of, Attribute):
        model = target.of.of
        if target.of.name == "optimizer" and isinstance(model, Result | Instance):
            run.heap.store(model.attributes, "#rate", call.arguments[1])


_REGRESSION = words(
    """mean_squared_error mean_absolute_error mean_absolute_percentage_error mean_squared_logarithmic_error huber log_cosh
    logcosh huber_loss"""
)


def out_of_scope(stage: Stage, reconstructs: bool) -> str:
    """Why a training is not one of an image classifier; empty if it may be one."""
    if reconstructs:
        return "a network that is trained to give back its input"
    loss = stage.compiled.value.loss.value if stage.compiled.value else None
    ends = stage.model.output.activation
    if loss is not None and loss.name in _REGRESSION and ends.is_("linear", "relu") and not stage.train.label_form.is_("one-hot"):
        return "regression"
    if _gives_pictures(stage.model):
        return "a network whose output is a picture"
    if _has_pictures(stage) or _classifies_tables(stage):
        return ""
    return "a training that is not on pictures, nor a plain classifier of tables"


_TABLE_LAYERS = words(
    """Dense Dropout AlphaDropout GaussianDropout GaussianNoise BatchNormalization LayerNormalization Normalization Flatten
    Activation Softmax ReLU LeakyReLU PReLU ELU ActivityRegularization"""
)


def _classifies_tables(stage: Stage) -> bool:
    """Dense layers alone, under a cross-entropy or with an output of probabilities: what makes any classifier fail applies."""
    model, loss = stage.model, stage.compiled.value.loss.value if stage.compiled.value else None
    if not model.layers or not model.complete.value or not all(layer.kind in _TABLE_LAYERS for layer in model.layers):
        return False
    return model.output.activation.is_("softmax", "sigmoid") or (loss is not None and loss.name.endswith("crossentropy"))


_PICTURE_LAYERS = frozenset(
    ["Conv2D", "SeparableConv2D", "DepthwiseConv2D", "MaxPooling2D", "AveragePooling2D", "GlobalAveragePooling2D"]
)


def _gives_pictures(model: Model) -> bool:
    """Segmentation and the like: the last layer with a width is a convolution that nothing pools or flattens."""
    for layer in reversed(model.layers):
        if layer.kind in {"Conv2D", "Conv2DTranspose", "UpSampling2D"}:
            return True
        if layer.kind not in {"Activation", "Softmax", "Dropout", "BatchNormalization", "ReLU"}:
            return False
    return False


def _has_pictures(stage: Stage) -> bool:
    if stage.model.backbone.value is not None or stage.model.input_steps:
        return True
    if any(layer.kind in _PICTURE_LAYERS for layer in stage.model.layers):
        return True
    pipeline = stage.train
    return pipeline.start_range.known or (pipeline.loader is not None and pipeline.generator is not None)


__all__ = ["Recorder"]
