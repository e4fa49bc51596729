"""How the network, the loader and the machine behave when they are tried: numbers that no single step of training shows."""

from __future__ import annotations

from msgspec import Struct

from vggdoctor.schema import Location


class LayerSignal(Struct, kw_only=True, frozen=True):
    """One trainable layer with a kernel, in the order of the forward pass, on a batch of the probe.

    ``activation`` is the function that the layer's result goes through (of a following Activation or ReLU, too), ``linear`` if
    none. ``output_std``: spread of that result. ``units`` are the channels of it; ``silent``: share of the
    units, of rectifiers, that are exactly 0 for every picture and place; ``dead``: share that is silent *and* whose weights get a
    gradient of exactly 0. ``gradient``: mean absolute gradient of the kernel. ``kernel_std``: spread of the kernel;
    ``update_ratio``: spread of the optimizer's next update over it. The last three are of a part
    of large kernels. Numbers are None where they are not finite.
    """

    name: str
    kind: str
    units: int
    activation: str = "linear"
    output_std: float | None = None
    silent: float = 0.0
    dead: float = 0.0
    gradient: float | None = None
    kernel_std: float | None = None
    update_ratio: float | None = None


class FirstLook(Struct, kw_only=True, frozen=True):
    """One instrumented step of the network as it stands: ``moment`` is ``start`` or ``trained`` (after the short training).

    ``loss`` without ``penalty`` (the regularization terms); both in the unit of the loss, None where not finite. ``chance_loss``
    is ln C. ``spread``: mean over the outputs of their standard deviation over pictures. ``label_perplexity``: exp of the
    entropy of the labels, the number of classes that they are worth. ``label_range`` and ``whole_labels`` (all whole numbers): of
    labels that are one number a picture, None otherwise.
    """

    stage: Location
    moment: str
    pictures: int
    loss: float | None
    penalty: float | None
    chance_loss: float | None = None
    spread: float | None = None
    label_perplexity: float | None = None
    label_range: tuple[float, float] | None = None
    whole_labels: bool | None = None
    layers: tuple[LayerSignal, ...] = ()


class OneBatch(Struct, kw_only=True, frozen=True):
    """Whether the network can learn ``pictures`` of them by heart: Adam at ``rate``, dropout and augmentation layers off.

    ``losses`` has a value a step, None where not finite; ``accuracy`` is the one at the end, 0..1, ``majority`` that of always
    giving the commonest class of the batch.
    """

    stage: Location
    pictures: int
    rate: float
    losses: tuple[float | None, ...]
    accuracy: float | None
    majority: float


class OptimizerTrial(Struct, kw_only=True, frozen=True):
    """Short trainings with one optimizer, one a seed (the order of the batches), all from the same weights.

    ``losses`` (not finite: None) and ``accuracies`` (balanced, 0..1) are of pictures held back, a value a seed, paired between
    trials. ``label``: ``user``, or the optimizer's name at its usual rate.
    """

    stage: Location
    label: str
    optimizer: str
    learning_rate: float
    steps: int
    pictures: int
    losses: tuple[float | None, ...]
    accuracies: tuple[float, ...]


class LoaderSpeed(Struct, kw_only=True, frozen=True):
    """Pictures a second: of the pipeline alone, of training steps on a batch that is there already, and of both as fit does them.

    ``waiting``: share of the time of a step that is spent on waiting for data, 0..1, one value a repetition. ``source``: the kind
    of thing that fit was given (``tf.data``, ``PyDataset`` ...). ``measured``: whether ``both`` was, or was worked out of the
    others where steps are dear.
    """

    stage: Location
    source: str
    batch_size: int
    pipeline: float
    step: float
    both: float
    waiting: tuple[float, ...]
    measured: bool = True


class MemoryUse(Struct, kw_only=True, frozen=True):
    """Bytes that training takes. ``weights``: 16 a trainable and 4 a frozen scalar (Adam: weight, gradient, two moments).

    ``activations``: of the outputs of all layers for one picture, forward and backward. ``needed`` for ``batch_size`` pictures;
    ``largest_batch`` is the formula's, None where the device's memory is not known. ``device_total`` in bytes; ``peak`` as
    TensorFlow or the system counted it during the probe. ``exhausted``: what ran out of memory, empty if nothing did.
    """

    stage: Location
    device: str
    batch_size: int
    weights: int
    activations: int
    needed: int
    device_total: int | None = None
    largest_batch: int | None = None
    peak: int | None = None
    exhausted: str = ""


class Hardware(Struct, kw_only=True, frozen=True):
    """``gpus`` are the names of the cards that the driver reports, ``used`` how many TensorFlow sees. ``cuda_build``: whether
    this TensorFlow can use one at all. ``capability``: the least compute capability among those that it sees. ``precision``:
    Keras' policy. ``hidden``: CUDA_VISIBLE_DEVICES where it is set, None otherwise."""

    gpus: tuple[str, ...] = ()
    used: int = 0
    cuda_build: bool = False
    capability: tuple[int, int] | None = None
    precision: str = "float32"
    hidden: str | None = None
