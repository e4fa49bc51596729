"""What a short training on the live objects showed."""

from __future__ import annotations

from msgspec import Struct

from vggdoctor.evidence.behaviour import FirstLook, Hardware, LoaderSpeed, MemoryUse, OneBatch, OptimizerTrial
from vggdoctor.schema import Location


class Arrival(Struct, kw_only=True, frozen=True):
    """One picture where it enters the backbone, as small JPEGs in base64.

    ``seen`` reads the values as the family's weights do (its own preprocessing undone, cut off at 0 and 255), empty where no
    family is known. ``plain`` is the same picture in ordinary colours: brought back to RGB of 0..255 where the values show how,
    else (``spread``) with the values of all pictures spread over 0..255. ``label``: the number of its class.
    """

    seen: str
    plain: str
    spread: bool = False
    label: int | None = None


class InputContract(Struct, kw_only=True, frozen=True):
    """The tensor that enters a backbone, before its own built-in preprocessing if it has any.

    Per-channel arrays are in the order of the tensor's channels. ``edges`` (n + 1) and ``counts`` (one row of n a channel)
    are its histogram. ``role``: train or validation. ``tensor`` names where it was taken (``block1_conv1``). ``arrivals``: a few
    of the pictures themselves, of as many classes as there are. ``order``: ``rgb`` or ``bgr``, by ``order_pictures`` of them that
    were found again among the files and decoded once more; empty where that could not be told.
    """

    stage: Location
    role: str
    family: str
    tensor: str
    pictures: int
    minimum: float
    maximum: float
    mean: tuple[float, ...]
    std: tuple[float, ...]
    edges: tuple[float, ...] = ()
    counts: tuple[tuple[int, ...], ...] = ()
    arrivals: tuple[Arrival, ...] = ()
    order: str = ""
    order_pictures: int = 0


class TrainingRun(Struct, kw_only=True, frozen=True):
    """A few steps of training from the same start. ``losses`` holds one value a step, None where it was not finite.

    ``chance_loss`` is ln C. ``pictures``: how many different ones the batches were drawn from. ``update_ratio``: median over the
    pretrained kernels of the spread (standard deviation) of one step's update over that of the kernel; None where none trains.
    """

    stage: Location
    label: str
    learning_rate: float
    losses: tuple[float | None, ...]
    chance_loss: float | None = None
    batch_size: int = 0
    update_ratio: float | None = None
    seconds: float = 0.0
    seed: int = 0
    pictures: int = 0


class RateRange(Struct, kw_only=True, frozen=True):
    """Loss after one step at each of growing rates. ``largest_stable`` and ``steepest`` are rates, None where not found."""

    stage: Location
    rates: tuple[float, ...]
    losses: tuple[float | None, ...]
    user_rate: float
    largest_stable: float | None
    steepest: float | None


class FeatureGain(Struct, kw_only=True, frozen=True):
    """How much better frozen features separate the classes with the family's own preprocessing than as they arrive now.

    Balanced accuracy (0..1) of a logistic regression on standardised pooled features, over paired splits; ``interval``
    is the 95 % interval of the mean paired difference (corrected for overlapping splits, Nadeau and Bengio 2003).
    ``side``: pixels that the pictures were scaled to, in both variants alike; may be less than what the user trains with.
    """

    stage: Location
    family: str
    pictures: int
    splits: int
    as_is: float
    corrected: float
    interval: tuple[float, float]
    seconds: float
    side: int = 0


class Predictions(Struct, kw_only=True, frozen=True):
    """Validation pictures after the short training: how many went to each class, and how many belong to it.

    ``labels`` and ``right``: the class of each picture and whether it was met, in the order of reading, which is the same in two
    probes of one seed; ``answers``: the class that it was given. ``steps``: how many steps of training came before.
    """

    stage: Location
    predicted: tuple[int, ...]
    actual: tuple[int, ...]
    balanced_accuracy: float | None = None
    loss: float | None = None
    labels: tuple[int, ...] = ()
    right: tuple[bool, ...] = ()
    answers: tuple[int, ...] = ()
    steps: int = 0


class Repeats(Struct, kw_only=True, frozen=True):
    """The short training from several starts, and what became of each validation picture: ``right`` and ``losses`` hold one row a
    seed of ``seeds``, one value a picture of ``labels`` (the order of reading, the same in two probes of one seed).

    ``losses``: the user's loss without penalties, by the name ``loss_name``; rows are empty where it has no value for a single
    picture, or none that is finite. ``pictures``: how many the training drew from.
    """

    stage: Location
    seeds: tuple[int, ...]
    steps: int
    batch_size: int
    pictures: int
    labels: tuple[int, ...]
    right: tuple[tuple[bool, ...], ...]
    losses: tuple[tuple[float, ...], ...]
    loss_name: str = ""
    seconds: float = 0.0


class ProbeSizes(Struct, kw_only=True, frozen=True):
    """How much a probe looked at, so that a second one can do the same: pictures read and used, batch size, steps of training;
    ``repeats`` times ``repeat_steps`` steps in the trainings from other starts."""

    training_read: int = 0
    training: int = 0
    batch: int = 0
    steps: int = 0
    validation_read: int = 0
    validation: int = 0
    repeats: int = 0
    repeat_steps: int = 0


class ProbeEvidence(Struct, kw_only=True, frozen=True):
    """All measurements of the probe. ``pretrained``: the backbone carried the published weights; ``substituted``: random ones,
    for want of those that the program asks for, so that no gain is claimed. Neither: the user's own, or random by choice.

    ``skipped``: experiment -> why (budget, not possible).
    """

    contracts: tuple[InputContract, ...] = ()
    runs: tuple[TrainingRun, ...] = ()
    ranges: tuple[RateRange, ...] = ()
    gains: tuple[FeatureGain, ...] = ()
    predictions: tuple[Predictions, ...] = ()
    repeats: tuple[Repeats, ...] = ()
    looks: tuple[FirstLook, ...] = ()
    one_batch: tuple[OneBatch, ...] = ()
    optimizers: tuple[OptimizerTrial, ...] = ()
    loaders: tuple[LoaderSpeed, ...] = ()
    memory: tuple[MemoryUse, ...] = ()
    hardware: Hardware | None = None
    pretrained: bool = False
    substituted: bool = False
    device: str = "CPU"
    seconds: float = 0.0
    skipped: dict[str, str] = {}
    sizes: ProbeSizes = ProbeSizes()
