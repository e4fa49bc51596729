"""A third party's check: vggdoctor finds it through the entry point in this package's pyproject.toml."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.evidence import Evidence
from vggdoctor.schema import Finding, Repair, SetArgument, Severity

PROGRAM = """\
from tensorflow.keras.applications import VGG16
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras.layers import Dense, Flatten
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

datagen = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True)
train = datagen.flow_from_directory("data/train", target_size=(224, 224), color_mode="grayscale", class_mode="binary")
base = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
base.trainable = False
model = Sequential([base, Flatten(), Dense(1, activation="sigmoid")])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["AUC"])
model.fit(train, epochs=3)
"""
COLOUR = PROGRAM.replace('color_mode="grayscale"', 'color_mode="rgb"')


class GreyPictures(Check):
    """A network with ImageNet weights is given pictures without colour.

    What it finds
        ``color_mode="grayscale"`` in front of a pretrained backbone.

    Why it hurts
        The first convolution expects three channels.

    How it is measured
        The colour mode of the training pictures.

    The fix
        ``color_mode="rgb"``: grey files are then repeated in three channels.

    References
        https://keras.io/api/data_loading/image/
    """

    id = "grey-pictures"
    title = "Pictures without colour for a network that expects it"
    area = "preprocessing"
    severity = Severity.ERROR
    GOOD = (Case(name="colour", source=COLOUR),)
    BAD = (
        Case(name="grey", source=PROGRAM, lines=(8,), fixed=COLOUR),
        Case(
            name="grey, a second time",
            source=PROGRAM.replace("train =", "pictures =").replace("fit(train", "fit(pictures"),
            lines=(8,),
        ),
    )

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        for stage in evidence.recipe.stages:
            loader = stage.train.loader
            if loader and stage.train.color_mode.is_("grayscale") and stage.model.backbone.get(None):
                yield self.finding("The pictures are read as grey, the backbone expects colour.", loader.place)

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        return Repair("Read the pictures in colour", (SetArgument(finding.locations[0], "color_mode", '"rgb"'),))
