from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.distinct import distinct
from vggdoctor.checks.model.pretrained import backbone_of
from vggdoctor.checks.preprocessing.missing_normalization import MissingNormalization
from vggdoctor.checks.preprocessing.rescale_only_preprocessing import RescaleOnlyPreprocessing
from vggdoctor.evidence import Backbone, Evidence, Stage, known
from vggdoctor.schema import Change, Finding, Repair, SetArgument, Severity, Undetermined

RANDOM = """\
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense, GlobalAveragePooling2D
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory("data/train", target_size=(224, 224))
base = VGG16(weights=None, include_top=False, input_shape=(224, 224, 3))
base.trainable = False
model = Sequential([base, GlobalAveragePooling2D(), Dense(3, activation="softmax")])
model.compile(optimizer="adam", loss="categorical_crossentropy")
model.fit(train, epochs=10)
"""

SCALED = RANDOM.replace("import VGG16, preprocess_input", "import VGG16").replace(
    "preprocessing_function=preprocess_input", "rescale=1.0 / 255"
)


class RandomBackbone(Check):
    """A network of keras.applications is used without the weights that make it worth using.

    What it finds
        weights=None, and no file loaded since. An error where layers of it are frozen, for they stay random; a note where all of
        it trains, which is a choice.

    Why it hurts
        A frozen random network turns pictures into noise, and no head can learn from that what pretrained features show. Training
        all of it takes a set of ImageNet's kind of size: on a few thousand pictures pretrained weights win by far.

    How it is measured
        The weights argument, read or observed, and loads of weights into the network or the whole model.

    The fix
        weights="imagenet" (for colour pictures without the top), with the normalisation that those weights expect.

    References
        https://keras.io/api/applications/
    """

    id = "random-backbone"
    title = "Backbone without pretrained weights"
    area = "model"
    severity = Severity.ERROR

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        yield from distinct(item for stage in evidence.recipe.stages if (item := self._judge(stage)))

    def _judge(self, stage: Stage) -> Said | None:
        backbone = backbone_of(stage)
        if not isinstance(backbone, Backbone):
            return backbone
        name, weights, trainable = backbone.application, backbone.weights, backbone.trainable
        if not weights.known:
            return Undetermined(f"the weights of {name} are not known: {weights.reason}")
        if weights.value is not None:
            return None
        if not stage.model.weights_from.is_(None) and stage.model.weights_from.locations:
            return Undetermined(f"weights are loaded into the network around {name}: {stage.model.weights_from.reason}")
        if not trainable.known:
            return Undetermined(f"which layers of the random {name} train is not known: {trainable.reason}")
        confidence = max((weights.confidence, trainable.confidence), key=lambda c: c.rank)
        places = (*weights.locations[:1], backbone.place)
        if trainable.value == "all":
            message = f"{name} starts from random weights and has to learn all from these pictures"
            return self.finding(message, *places, severity=Severity.NOTE, confidence=confidence)
        what = "is frozen" if trainable.value == "none" else "is partly frozen"
        return self.finding(f"{name} has random weights and {what}: its features are noise", *places, confidence=confidence)

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        for stage in evidence.recipe.stages:
            backbone = stage.model.backbone.value
            if backbone is None or backbone.place not in finding.locations or finding.severity is Severity.NOTE:
                continue
            shape = backbone.input_shape.value
            if backbone.include_top.is_(False) and shape and shape[-1] == 3:
                change = SetArgument(backbone.place, "weights", '"imagenet"')
                return Repair(f"Give {backbone.application} its ImageNet weights", (change, *_normalisation(evidence, stage)))
        return None

    BAD = (
        Case(
            name="scaled pictures, as random weights take them",
            source=SCALED,
            fixed=RANDOM.replace("weights=None", 'weights="imagenet"'),
            lines=(7,),
        ),
        Case(
            name="random and frozen",
            source=RANDOM,
            fixed=RANDOM.replace("weights=None", 'weights="imagenet"'),
            lines=(7,),
            severity=Severity.ERROR,
            says="noise",
        ),
        Case(
            name="random, and all of it trains",
            source=RANDOM.replace("base.trainable = False\n", ""),
            lines=(7,),
            severity=Severity.NOTE,
            says="starts from random weights",
        ),
    )

    GOOD = (
        Case(name="pretrained", source=RANDOM.replace("weights=None", 'weights="imagenet"')),
        Case(
            name="weights from a file of one's own",
            source=RANDOM.replace("base.trainable", 'base.load_weights("vgg16_notop.h5")\nbase.trainable'),
        ),
        Case(
            name="weights of the whole network from a file",
            source=RANDOM.replace("model.compile", 'model.load_weights("last.weights.h5")\nmodel.compile'),
        ),
    )


def _normalisation(evidence: Evidence, stage: Stage) -> tuple[Change, ...]:
    """What the pictures need once the weights are ImageNet's: any range did for random ones."""
    backbone = stage.model.backbone.value
    if backbone is None:
        return ()
    pretrained = replace(backbone, weights=known("imagenet", backbone.place))
    model = replace(stage.model, backbone=known(pretrained, backbone.place))
    stages = tuple(replace(each, model=model) if each is stage else each for each in evidence.recipe.stages)
    then = replace(evidence, recipe=replace(evidence.recipe, stages=stages), probe=None)
    changes: list[Change] = []
    for check in (MissingNormalization(), RescaleOnlyPreprocessing()):
        before = list(check.detect(evidence))
        for said in check.detect(then):
            repair = check.fix(said, then) if isinstance(said, Finding) and said not in before else None
            changes += repair.changes if repair is not None else ()
    return tuple(changes)
