"""The network that is trained."""

from __future__ import annotations

from msgspec import Struct, field

from vggdoctor.evidence.fact import Fact, unknown
from vggdoctor.evidence.pipeline import Step
from vggdoctor.schema import Location


class Backbone(Struct, kw_only=True, frozen=True):
    """A keras.applications network inside the model.

    ``application`` is the constructor's name (``VGG16``), ``family`` the key of its row in :mod:`vggdoctor.backbones`.
    ``weights``: ``imagenet``, None (random) or a path. ``trainable``: ``none``, ``some`` or ``all`` of its layers train at
    this stage (``trainable_from`` names the first one, where it is ``some``). ``include_preprocessing`` as in Keras, True by
    default. ``training_argument`` is that of the call of this network, a known None (located at the call) where it has none.
    ``is_cut``: whether the network leaves it before its last layer (``get_layer("block3_pool").output``).
    ``statistics_follow``: whether BatchNormalization of it is among what trains, where it has any.
    """

    application: str
    family: str
    place: Location
    weights: Fact[str | None] = field(default_factory=lambda: unknown("not read"))
    include_top: Fact[bool] = field(default_factory=lambda: unknown("not read"))
    input_shape: Fact[tuple[int | None, ...]] = field(default_factory=lambda: unknown("not read"))
    pooling: Fact[str | None] = field(default_factory=lambda: unknown("not read"))
    include_preprocessing: Fact[bool] = field(default_factory=lambda: unknown("not read"))
    trainable: Fact[str] = field(default_factory=lambda: unknown("not read"))
    trainable_from: Fact[str | None] = field(default_factory=lambda: unknown("not read"))
    training_argument: Fact[bool | None] = field(default_factory=lambda: unknown("not read"))
    is_cut: Fact[bool] = field(default_factory=lambda: unknown("not read"))
    statistics_follow: Fact[bool] = field(default_factory=lambda: unknown("not read"))
    assigned_to: str = ""


class Layer(Struct, kw_only=True, frozen=True):
    """One layer outside the backbone, in order of use. ``kind`` is the Keras class name (``Dense``).

    ``units`` is the width of a Dense or the filters of a convolution; ``settings`` are the known constructor arguments.
    ``inputs``: weights of one unit of a Dense or Conv2D, bias left out (so ``inputs * units`` is the size of the kernel).
    ``initializer`` of the kernel in snake case (``glorot_uniform``, Keras' default); ``l1`` and ``l2`` are the coefficients of
    its penalty, 0 without one.
    """

    kind: str
    place: Location | None = None
    name: str = ""
    units: Fact[int] = field(default_factory=lambda: unknown("not read"))
    activation: Fact[str] = field(default_factory=lambda: unknown("not read"))
    trainable: Fact[bool] = field(default_factory=lambda: unknown("not read"))
    inputs: Fact[int] = field(default_factory=lambda: unknown("not read"))
    initializer: Fact[str] = field(default_factory=lambda: unknown("not read"))
    l1: Fact[float] = field(default_factory=lambda: unknown("not read"))
    l2: Fact[float] = field(default_factory=lambda: unknown("not read"))
    settings: dict[str, float | int | str | bool | None] = {}


class Output(Struct, kw_only=True, frozen=True):
    """The end of the network. ``activation`` is the one that really ends it (an Activation or Softmax layer counts),
    ``linear`` if none.

    ``place`` is the layer that makes it; ``units`` its width (a Fact: often ``len(class_names)``). ``dtype`` is the type that the
    last layer computes in: ``float32``, or ``float16`` under a policy of mixed precision.
    """

    units: Fact[int] = field(default_factory=lambda: unknown("not read"))
    activation: Fact[str] = field(default_factory=lambda: unknown("not read"))
    dtype: Fact[str] = field(default_factory=lambda: unknown("not read"))
    place: Location | None = None


class Model(Struct, kw_only=True, frozen=True):
    """One network. ``layers`` are those outside the backbone, in order; ``complete`` is known-True if every one is understood.

    ``input_steps``: normalisation, augmentation and geometry layers between the model's input and the backbone.
    ``backbone`` is a known None for a network of the user's own. Parameter counts are numbers of scalars.
    ``in_line``: known-True if each layer is given what the one before it returns (the first one: what the backbone returns),
    with nothing beside or between them.
    ``trainable_changed``: whether ``trainable`` of some layer was set anew after a fit with no compile since, which the next
    fit does not heed; its locations are the values set. ``weights_from``: the file that was loaded into the whole network, a
    known None where it starts as it was built.
    """

    place: Location | None = None
    assigned_to: str = ""
    backbone: Fact[Backbone | None] = field(default_factory=lambda: unknown("not read"))
    input_shape: Fact[tuple[int | None, ...]] = field(default_factory=lambda: unknown("not read"))
    input_steps: tuple[Step, ...] = ()
    layers: tuple[Layer, ...] = ()
    complete: Fact[bool] = field(default_factory=lambda: unknown("not read"))
    in_line: Fact[bool] = field(default_factory=lambda: unknown("not read"))
    trainable_changed: Fact[bool] = field(default_factory=lambda: unknown("not read"))
    weights_from: Fact[str | None] = field(default_factory=lambda: unknown("not read"))
    output: Output = field(default_factory=Output)
    outputs: Fact[int] = field(default_factory=lambda: unknown("not read"))
    total_parameters: Fact[int] = field(default_factory=lambda: unknown("not observed"))
    trainable_parameters: Fact[int] = field(default_factory=lambda: unknown("not observed"))
