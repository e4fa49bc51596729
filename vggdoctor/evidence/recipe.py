"""A training as far as it is known, in one form whether it was read from source or observed on live objects."""

from __future__ import annotations

from msgspec import Struct, field

from vggdoctor.evidence.fact import Fact, unknown
from vggdoctor.evidence.model import Model
from vggdoctor.evidence.pipeline import Call, Pipeline
from vggdoctor.schema import Location


class Schedule(Struct, kw_only=True, frozen=True):
    """What changes the learning rate: a callback or a schedule object, by its canonical or own name."""

    name: str
    place: Location | None = None


class Optimizer(Struct, kw_only=True, frozen=True):
    """``name`` is the Keras class in lower case: ``adam``, ``sgd``, ``rmsprop``. ``learning_rate`` is the initial one, Keras'
    default (then without a place) where the user gives none. ``schedule`` is a known None where the rate is a plain
    number."""

    name: str
    place: Location | None = None
    learning_rate: Fact[float] = field(default_factory=lambda: unknown("not read"))
    rate_is_default: bool = False
    momentum: Fact[float] = field(default_factory=lambda: unknown("not read"))
    schedule: Fact[Schedule | None] = field(default_factory=lambda: unknown("not read"))
    settings: dict[str, float | int | str | bool | None] = {}


class Loss(Struct, kw_only=True, frozen=True):
    """``name`` in snake case as Keras serialises it: ``categorical_crossentropy``; ``custom`` for the user's own function."""

    name: str
    place: Location | None = None
    from_logits: Fact[bool] = field(default_factory=lambda: unknown("not read"))


class Metric(Struct, kw_only=True, frozen=True):
    """``name`` in snake case: ``accuracy``, ``auc``, ``precision``, ``f1_score`` ..., or the user's own function's name.

    ``logged``: the name that its values have in the logs of an epoch (``acc`` for ``metrics=["acc"]``; objects without a name
    of their own may get a number behind it, ``auc_1``), empty where that is not known.
    """

    name: str
    place: Location | None = None
    logged: str = ""


class Compile(Struct, kw_only=True, frozen=True):
    place: Location
    optimizer: Fact[Optimizer] = field(default_factory=lambda: unknown("not read"))
    loss: Fact[Loss] = field(default_factory=lambda: unknown("not read"))
    metrics: Fact[tuple[Metric, ...]] = field(default_factory=lambda: unknown("not read"))
    metrics_display: Location | None = None


class CallbackUse(Struct, kw_only=True, frozen=True):
    """A callback passed to fit. ``name`` is the Keras class name, or the user's own class's. ``unread``: the arguments that are
    given and whose values are not known; what is in neither it nor ``settings`` has its default."""

    name: str
    place: Location | None = None
    settings: dict[str, float | int | str | bool | None] = {}
    unread: tuple[str, ...] = ()
    changes_rate: bool = False


class Steps(Struct, kw_only=True, frozen=True):
    """A number of steps that fit is given, as it is worked out. ``value`` is the number, None where it is not a constant.

    Otherwise ``pictures_of`` is the call that made the iterator or dataset whose number of pictures (``train.samples``) it comes
    from, and ``divisor`` what that is divided by: 1 for nothing, None where it is the iterator's own batch size. ``of_batches``:
    it is not its pictures that are counted but its batches (``len(train)``).
    """

    place: Location
    value: int | None = None
    pictures_of: Location | None = None
    divisor: int | None = None
    of_batches: bool = False


class Stage(Struct, kw_only=True, frozen=True):
    """One call of fit (or fit_generator, or a loop of train_on_batch), and what is known of it at that moment.

    ``place`` is the call, ``method`` its name (``train_on_batch`` also for the steps of a GradientTape, ``search`` for a tuner).
    ``compiled`` is unknown where compile was not found. ``validation`` is a known
    None where fit is given none; with ``validation_split`` it is the pipeline of the rows held back. ``class_weight`` is
    known-True if a class_weight or sample weights reach fit. ``callbacks_display`` spans the list given, to append to;
    ``callbacks_name`` is the name that holds it. ``settings``: other plain arguments of fit (verbose, shuffle ...).
    ``receiver``: the expression whose fit is called, as written. ``steps`` and ``validation_steps`` are None where fit is given
    none, or where they are not understood. ``class_weight_keys``: the keys of the dictionary given as class_weight,
    known to be empty where the program counts them off (``dict(enumerate(weights))``). ``class_weight_source``: the argument as
    written, empty where there is none.
    """

    place: Location
    method: str = "fit"
    receiver: str = ""
    model: Model
    steps: Steps | None = None
    validation_steps: Steps | None = None
    class_weight_keys: Fact[tuple[int | str, ...]] = field(default_factory=lambda: unknown("not read"))
    class_weight_source: str = ""
    compiled: Fact[Compile] = field(default_factory=lambda: unknown("no compile found"))
    train: Pipeline
    validation: Fact[Pipeline | None] = field(default_factory=lambda: unknown("not read"))
    callbacks: Fact[tuple[CallbackUse, ...]] = field(default_factory=lambda: unknown("not read"))
    callbacks_display: Location | None = None
    class_weight: Fact[bool] = field(default_factory=lambda: unknown("not read"))
    epochs: Fact[int] = field(default_factory=lambda: unknown("not read"))
    steps_per_epoch: Fact[int | None] = field(default_factory=lambda: unknown("not read"))
    settings: dict[str, float | int | str | bool | None] = {}
    follows: int | None = None
    """Index of the stage that trained the same model before, None for the first fit of a model."""


class Comparison(Struct, kw_only=True, frozen=True):
    """Labels and predictions that a metric of scikit-learn compares, both of pictures of one iterator or dataset.

    ``labels``: ``classes`` (of the iterator, in the order of its files) or ``pass`` (collected while going through it once
    more). ``pipeline`` is the one of the predictions; ``predict`` the call that made them.
    """

    labels: str
    pipeline: Pipeline
    predict: Location


class Evaluation(Struct, kw_only=True, frozen=True):
    """A call that judges the model: predict, evaluate, or a report or metric function of scikit-learn and others.

    ``name`` is canonical: ``evaluate``, ``predict``, ``sklearn.metrics.classification_report`` ... ``stage`` is the index of
    the stage that trained the judged network last, None where that is not known. ``loaded_from``: the file, as written, that
    the network was loaded from, empty for one that was trained in the same run. ``compared``: of a metric of scikit-learn, None
    where its arguments are not understood. ``assigned_to``: the names that hold the result, as written.
    """

    name: str
    place: Location
    pipeline: Fact[Pipeline] = field(default_factory=lambda: unknown("not read"))
    stage: int | None = None
    loaded_from: str = ""
    compared: Comparison | None = None
    assigned_to: str = ""


class Augmenter(Struct, kw_only=True, frozen=True):
    """Something that transforms pictures at random and that the program gave a name: an ImageDataGenerator, a stack of layers,
    a composition of albumentations. ``used``: whether the name is read anywhere in the project."""

    call: Call
    used: bool


class KerasUse(Struct, kw_only=True, frozen=True):
    """A place where the program names something of Keras, under the name that it uses: ``keras.utils.np_utils.to_categorical``,
    ``tensorflow.keras.optimizers.Adam``; methods of networks as ``.fit_generator``, entries of a history as ``.history[acc]``.

    ``place`` is the name itself, ``written`` its text (empty for an import). ``call`` is the call that it is the function of,
    None for an import or a mere mention, and ``source`` its text. ``arguments``: keyword arguments of the call as written, by
    name; ``plain``: the others, each with its place; ``file``: the first one, or ``filepath``, where it is a plain string.
    """

    name: str
    place: Location
    written: str = ""
    call: Location | None = None
    source: str = ""
    plain: tuple[tuple[Location, str], ...] = ()
    arguments: dict[str, str] = {}
    file: str = ""

    def __hash__(self) -> int:
        return hash((self.name, self.place))


class VainChange(Struct, kw_only=True, frozen=True):
    """A statement that looks as if it changed a network and does not.

    With ``name``: layers are chosen for freezing by that name, and no layer of the network has it, or (``numbered``) Keras
    makes it up, with a number that counts the layers of its kind since the process began. Without: the list ``network.layers``
    is changed, which is a copy. ``network``: the constructor of the network (``VGG16``, ``Sequential``).
    """

    place: Location
    network: str = ""
    name: str = ""
    numbered: bool = False


class OutputNames(Struct, kw_only=True, frozen=True):
    """``names`` that the program writes by hand, in the order of the network's outputs: the literal is at ``place`` and called
    ``name``; at ``used`` it is looked up by what a network answers. ``by_number``: a dictionary from 0 on, not a list.
    """

    name: str
    names: tuple[str, ...]
    place: Location
    used: Location
    by_number: bool = False


class SourceFile(Struct, kw_only=True, frozen=True):
    """A file that was read. ``problem`` is empty, or says what part could not be read and why. ``asked``: whether it was asked
    for, or is imported by one that was; False for one that was read because it imports such a file. ``program``: files of one
    number were read together; what stands in another cannot touch them.
    """

    path: str
    problem: str = ""
    reaches_fit: bool = False
    asked: bool = True
    program: int = 0


class Recipe(Struct, kw_only=True, frozen=True):
    """All trainings of a project.

    ``augmenters`` are those that the program makes; ``idle_callbacks`` the callbacks of Keras that it makes and then gives to no
    call, in files where the callbacks of every fit are known; ``idle_class_weights`` the calls of scikit-learn that work out
    class weights which no call takes; ``folder_loaders`` the calls in the text that make an iterator or dataset of a folder,
    under the name that it is given, used or not. ``copied_before_split``: (where rows are duplicated, where they are split
    afterwards). ``devkit_ids``: (where the ground truth of the ILSVRC devkit is read, where its ids are compared with the outputs
    of a classifier of keras.applications). ``vain_changes`` are changes of networks without effect. ``output_names``:
    hand-written names of outputs. ``keras_uses``: every mention of Keras in the text; ``legacy_pin`` is the requirement by which
    the project asks for a Keras before 3, as written, empty if there is none. ``scope_note`` says why there is nothing to judge,
    where that is so (PyTorch, regression, no fit ...).
    """

    stages: tuple[Stage, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
    files: tuple[SourceFile, ...] = ()
    augmenters: tuple[Augmenter, ...] = ()
    idle_callbacks: tuple[CallbackUse, ...] = ()
    idle_class_weights: tuple[Location, ...] = ()
    folder_loaders: tuple[Call, ...] = ()
    copied_before_split: tuple[tuple[Location, Location], ...] = ()
    devkit_ids: tuple[tuple[Location, Location], ...] = ()
    vain_changes: tuple[VainChange, ...] = ()
    output_names: tuple[OutputNames, ...] = ()
    keras_uses: tuple[KerasUse, ...] = ()
    legacy_pin: str = ""
    scope_note: str = ""
