"""The way of the pictures from the file to the model."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct, field

from vggdoctor.evidence.fact import Fact, unknown
from vggdoctor.schema import Confidence, Location


class Role(str, Enum):
    """What a step does to a picture."""

    NORMALIZATION = "normalization"
    AUGMENTATION = "augmentation"
    GEOMETRY = "geometry"
    COLOUR_ORDER = "colour-order"
    OTHER = "other"
    UNKNOWN = "unknown"


class Step(Struct, kw_only=True, frozen=True):
    """One operation on the pictures, in the order in which they meet it.

    ``operation`` by role:

    - normalization: ``affine`` (x * scale + offset, so 1/255 is scale 0.00392, offset 0), ``preprocess_input`` (with
      ``family``, a key of :mod:`vggdoctor.backbones`), ``standardize`` (to mean 0, deviation 1), ``clip``;
    - augmentation (random): ``flip``, ``rotation``, ``translation``, ``zoom``, ``crop``, ``shear``, ``brightness``, ``contrast``,
      ``colour``, ``noise``, ``cutout``, ``mixing``, ``other``;
    - geometry: ``resize``, ``crop``; colour-order: ``bgr_to_rgb`` (any swap of the first and last channel), ``to_grey``;
    - other: harmless to values (casts, batching, ``cache``); unknown: not understood, ``reason`` says why.

    ``spelling`` is how the user wrote it, for messages: ``rescale=1./255``. ``places`` starts with the expression that makes
    the step. ``applied`` is the call that puts pictures through it, where that is another place than the first (a layer is made,
    and called later), ``mapped`` the call of ``map`` that does so with a dataset. ``inside_model``: a layer of the model, so it
    runs at inference too. ``argument_of``: the call that the step is a keyword argument of (``ImageDataGenerator(rescale=...)``),
    with ``argument`` its name, so that a fix can change it.

    Of random transforms: ``direction`` of a flip (``horizontal``, ``vertical``, ``both``), ``amount`` of a translation (largest
    shift as a share of the side), ``value_range`` that a colour layer takes its input to have, (0, 255) unless it is given; each
    empty or None where it does not apply or is not known.
    """

    role: Role
    operation: str
    spelling: str = ""
    places: tuple[Location, ...] = ()
    scale: float | None = None
    offset: float | None = None
    family: str | None = None
    applied: Location | None = None
    mapped: Location | None = None
    inside_model: bool = False
    argument_of: Location | None = None
    argument: str = ""
    reason: str = ""
    confidence: Confidence = Confidence.HIGH
    direction: str = ""
    amount: float | None = None
    value_range: tuple[float, float] | None = None


class Call(Struct, kw_only=True, frozen=True):
    """A call in the user's source, by its canonical name (``keras.utils.image_dataset_from_directory``).

    ``assigned_to`` is the expression that holds the result (``train_ds``, ``self.model``), empty where it is used at once.
    """

    function: str
    place: Location
    assigned_to: str = ""


class SourceKind(str, Enum):
    """Where the pictures come from."""

    DIRECTORY = "directory"
    DATAFRAME = "dataframe"
    ARRAYS = "arrays"
    TF_DATA = "tf.data"
    GENERATOR = "generator"
    SEQUENCE = "sequence"
    TFDS = "tfds"


class Listing(Struct, kw_only=True, frozen=True):
    """A list of picture files that the program makes itself.

    ``pattern`` is a glob relative to the project, ``**`` for any depth (``data/*/*.jpg``; ``data/*/*`` for os.listdir in a loop
    over class folders; ``data/**`` for os.walk and imutils' list_images). ``ordered``: known-True if the list is sorted
    afterwards, known-False if it stays as the file system gives it, unknown where something else may change its order.
    """

    pattern: str
    ordered: Fact[bool] = field(default_factory=lambda: unknown("not read"))


class Table(Struct, kw_only=True, frozen=True):
    """A table whose rows are pictures: ``file`` is the CSV as written, ``files`` and ``labels`` name its columns."""

    file: str
    files: str = "filename"
    labels: str = "class"


class Cut(Struct, kw_only=True, frozen=True):
    """One call of scikit-learn's train_test_split that the rows come through.

    ``held_back``: they are the part that is held back, else the part that is left. ``test_size`` and ``train_size`` are a share
    or a number of rows, None where not given; ``random_state`` a known None where every run cuts anew.
    """

    place: Location
    held_back: bool
    test_size: Fact[float | int | None] = field(default_factory=lambda: unknown("not read"))
    train_size: Fact[float | int | None] = field(default_factory=lambda: unknown("not read"))
    random_state: Fact[int | None] = field(default_factory=lambda: unknown("not read"))
    shuffled: Fact[bool] = field(default_factory=lambda: unknown("not read"))
    stratified: Fact[bool] = field(default_factory=lambda: unknown("not read"))


class Pipeline(Struct, kw_only=True, frozen=True):
    """Everything between the files and the ``x`` that a stage of training is given.

    ``steps`` are in order of effect, layers at the front of the model excluded (see ``Model.input_steps``). ``complete``: every
    step is known; a fact, so that it carries the reason where not. ``start_range`` is the range of values before the first
    step, (0, 255) for decoded pictures. ``size`` is (height, width) in pixels. ``label_form``: ``integer`` (class numbers),
    ``one-hot``, ``multi-hot`` (several classes at once), ``binary`` (one column of 0 and 1), ``none``. ``classes``: number of
    classes in the labels.
    ``pictures``: how many reach one epoch. ``held_in_memory``: the whole set is one array or list (``array_bytes``: for the
    full set). ``generator`` is the ImageDataGenerator (or like) call, ``loader`` the call that made the iterator or dataset.
    ``order``: ``by-class`` where the rows come class by class and nothing shuffles them before fit, ``mixed`` where something
    may. ``label_range``: the lowest and the highest class number in the first batch.
    ``directory`` as written, relative to the project where it could be. ``subset`` and ``validation_split`` as in Keras.
    ``picture_loop``: where a loop reads picture files one by one into a list or array. ``chain``: the methods called on a
    dataset after ``loader``, in order (``tf.data.Dataset.map``, ``.cache``, ``.prefetch``), each with the name that its
    statement assigns. ``x_source`` and ``y_source``: the expressions that fit, or ``flow``, is given as pictures and as
    labels, as written (``train_ds``, ``x_train``, ``y_train``), so that a fix can name them there; empty where there is none.
    ``ready_made``: name of the set of keras.datasets (``cifar10``) that the rows come from.
    ``squashes``: the loader brings pictures to ``size`` whatever their proportions, without a crop or a border.
    ``listing`` or ``table``: where the files of a hand-made way of reading, or of a dataframe, are named; ``cuts``: the splits
    that the rows have come through, in their order, known to be empty where there is none.
    """

    kind: Fact[SourceKind] = field(default_factory=lambda: unknown("not read"))
    directory: Fact[str] = field(default_factory=lambda: unknown("not read"))
    size: Fact[tuple[int, int]] = field(default_factory=lambda: unknown("not read"))
    batch_size: Fact[int] = field(default_factory=lambda: unknown("not read"))
    shuffle: Fact[bool] = field(default_factory=lambda: unknown("not read"))
    color_mode: Fact[str] = field(default_factory=lambda: unknown("not read"))
    interpolation: Fact[str] = field(default_factory=lambda: unknown("not read"))
    label_form: Fact[str] = field(default_factory=lambda: unknown("not read"))
    classes: Fact[int] = field(default_factory=lambda: unknown("not read"))
    class_names: Fact[tuple[str, ...]] = field(default_factory=lambda: unknown("not read"))
    class_counts: Fact[dict[str, int]] = field(default_factory=lambda: unknown("not read"))
    pictures: Fact[int] = field(default_factory=lambda: unknown("not read"))
    validation_split: Fact[float | None] = field(default_factory=lambda: unknown("not read"))
    subset: Fact[str | None] = field(default_factory=lambda: unknown("not read"))
    seed: Fact[int | None] = field(default_factory=lambda: unknown("not read"))
    start_range: Fact[tuple[float, float]] = field(default_factory=lambda: unknown("not read"))
    steps: tuple[Step, ...] = ()
    complete: Fact[bool] = field(default_factory=lambda: unknown("not read"))
    held_in_memory: Fact[bool] = field(default_factory=lambda: unknown("not read"))
    array_shape: Fact[tuple[int, ...]] = field(default_factory=lambda: unknown("not read"))
    array_dtype: Fact[str] = field(default_factory=lambda: unknown("not read"))
    resampled: Fact[bool] = field(default_factory=lambda: unknown("not read"))
    order: Fact[str] = field(default_factory=lambda: unknown("not read"))
    label_range: Fact[tuple[int, int]] = field(default_factory=lambda: unknown("not observed"))
    listing: Fact[Listing] = field(default_factory=lambda: unknown("not read"))
    table: Fact[Table] = field(default_factory=lambda: unknown("not read"))
    squashes: Fact[bool] = field(default_factory=lambda: unknown("not read"))
    cuts: Fact[tuple[Cut, ...]] = field(default_factory=lambda: unknown("not read"))
    generator: Call | None = None
    loader: Call | None = None
    picture_loop: Location | None = None
    chain: tuple[Call, ...] = ()
    ready_made: str = ""
    x_source: str = ""
    y_source: str = ""
    places: tuple[Location, ...] = ()

    def having(self, role: Role) -> tuple[Step, ...]:
        """The steps of one role, in order."""
        return tuple(step for step in self.steps if step.role is role)
