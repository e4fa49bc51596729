"""imagenet-class-order: ids of the ILSVRC devkit are compared with outputs in the order of the sorted WNIDs."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.evidence import Evidence
from vggdoctor.schema import Effect, Finding, Location, NotApplicable, Severity


class ImagenetClassOrder(Check):
    """A pretrained classifier is judged with class ids that number the classes in another order than its outputs.

    What it finds
        A network of keras.applications with its 1000 ImageNet outputs whose choices are compared with the ids of
        ILSVRC2012_validation_ground_truth.txt, as they stand there or less one.

    Why it hurts
        Outputs are in the order of the sorted WNIDs: 0 is n01440764, a tench. The devkit has an order of its own: id 1 is
        n02119789, a kit fox, which is output 278. Hardly a class has the same number in both, so a perfect network seems
        to be right about as often as guessing, 1 in 1000, while it is sure of its answers.

    How it is measured
        Both sides of a comparison, of a metric or of evaluate are followed in the source: the labels to the file of that
        name, the choices to predict of a network that was made with include_top=True and weights="imagenet". An
        indexing through a table, a dictionary, or anything else that is not understood in between ends it, as does a network
        that is trained or given other weights. Folders that are named by WNID are sorted as the outputs are, and right.
        Nothing is measured in a probe: it trains, and such a program does not.

    The fix
        Map each id to its WNID with meta.mat of the devkit (ILSVRC2012_ID, WNID), and the WNID to its place among the 1000
        sorted WNIDs. No edit is made: where meta.mat lies is not known.

    References
        ILSVRC2012 development kit, readme.txt, sections 2.2 and 3 (ids and ground truth): https://image-net.org/challenges/LSVRC/2012/
        Keras, decode_predictions: the table imagenet_class_index.json, keras/src/applications/imagenet_utils.py (3.15.1)
    """

    id = "imagenet-class-order"
    title = "ImageNet labels in another order than the outputs"
    area = "evaluation"
    severity = Severity.ERROR
    effect = Effect.REPORT
    requires = ()  # not even a training: such a program has none

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        if not evidence.recipe.devkit_ids:
            yield NotApplicable("no ids of the ILSVRC devkit are compared with outputs of an ImageNet network")
        by_file: dict[Location, list[Location]] = {}
        for file, place in evidence.recipe.devkit_ids:
            by_file.setdefault(file, []).append(place)
        for file, places in by_file.items():
            yield self._found(file, places)

    def _found(self, file: Location, places: list[Location]) -> Finding:
        return self.finding(
            "Class ids of the ILSVRC devkit are compared with outputs in the order of the sorted WNIDs: the accuracy comes out "
            "near 0.1 %, whatever the network can do. Map each id to its WNID (meta.mat), and the WNID to its place among the "
            "1000 sorted ones.",
            *places,
            file,
        )


WHOLE = """\
import numpy as np
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input

labels = np.loadtxt("ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt", dtype=int) - 1
images = preprocess_input(np.load("validation.npy").astype("float32"))
model = VGG16(weights="imagenet")
guesses = model.predict(images).argmax(axis=1)
print("top-1:", (guesses == labels).mean())
"""
LOOP = """\
import os
import numpy as np
from keras.applications.resnet50 import ResNet50, preprocess_input
from keras.utils import img_to_array, load_img

DEVKIT = "ILSVRC2012_devkit_t12/data"
with open(os.path.join(DEVKIT, "ILSVRC2012_validation_ground_truth.txt")) as handle:
    truth = [int(line) - 1 for line in handle]
model = ResNet50()
hits = hits5 = 0
for index, name in enumerate(sorted(os.listdir("val"))):
    image = np.expand_dims(img_to_array(load_img(os.path.join("val", name), target_size=(224, 224))), 0)
    scores = model.predict(preprocess_input(image))[0]
    if np.argmax(scores) == truth[index]:
        hits += 1
    if truth[index] in np.argsort(scores)[-5:]:
        hits5 += 1
print(hits / 50000, hits5 / 50000)
"""
REPORT = """\
import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score
from tensorflow.keras.applications import MobileNetV2

ids = pd.read_csv("data/ILSVRC2012_validation_ground_truth.txt", header=None)[0].to_numpy()
network = MobileNetV2(weights="imagenet", include_top=True)
chosen = np.argmax(network.predict(np.load("scaled.npy")), axis=-1) + 1
print(accuracy_score(ids, chosen))
"""
EVALUATE = """\
import numpy as np
import tensorflow as tf

truth = np.loadtxt("ILSVRC2012_validation_ground_truth.txt", dtype="int64") - 1
model = tf.keras.applications.VGG19()
model.compile(loss="categorical_crossentropy", metrics=["accuracy"])
model.evaluate(np.load("val.npy"), tf.keras.utils.to_categorical(truth, 1000))
"""

ImagenetClassOrder.GOOD = (
    Case(
        name="ids looked up in a table of outputs",
        source=WHOLE.replace("\nguesses", '\nlabels = np.load("id_to_output.npy")[labels]\nguesses'),
    ),
    Case(
        name="ids replaced in their array by a function",
        source=WHOLE.replace("\nguesses", "\nfrom orders import to_outputs\nlabels[:] = to_outputs(labels)\nguesses"),
    ),
    Case(
        name="the choices are looked up instead",
        source=WHOLE.replace("(guesses == labels)", '(np.load("output_to_id.npy")[guesses] == labels)'),
    ),
    Case(
        name="the columns are brought into the order of the ids",
        source=WHOLE.replace(".argmax(axis=1)", '[:, np.load("columns.npy")].argmax(axis=1)'),
    ),
    Case(
        name="ids replaced in their list",
        source=LOOP.replace(
            "model = ResNet50()",
            'table = np.load("id_to_output.npy")\nfor n in range(len(truth)):\n    truth[n] = table[truth[n]]\n'
            "model = ResNet50()",
        ),
    ),
    Case(
        name="a dictionary of WNIDs",
        source=LOOP.replace("[int(line) - 1 for", "[outputs[wnids[int(line)]] for").replace(
            "DEVKIT =",
            'import json\nwnids = {int(key): name for key, name in json.load(open("wnids.json")).items()}\n'
            "outputs = {name: number for number, name in enumerate(sorted(wnids.values()))}\nDEVKIT =",
        ),
    ),
    Case(
        name="labels in the order of the WNIDs",
        source=WHOLE.replace(
            "ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt", "caffe_ilsvrc12/val_labels.txt"
        ),
    ),
    Case(
        name="a network that was trained with these ids",
        source=WHOLE.replace(
            "\nguesses", '\nmodel.compile("adam", "sparse_categorical_crossentropy")\nmodel.fit(images, labels)\nguesses'
        ),
    ),
    Case(name="other weights", source=WHOLE.replace('"imagenet"', '"devkit_order.h5"')),
    Case(
        name="folders named by WNID",
        source="""\
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator

# val/n01440764, val/n01443537 ...
pictures = ImageDataGenerator(preprocessing_function=preprocess_input)
val = pictures.flow_from_directory("val", target_size=(224, 224), shuffle=False)
model = VGG16()
print((model.predict(val).argmax(axis=1) == val.classes).mean())
""",
    ),
)
ImagenetClassOrder.BAD = (
    Case(name="an array of ids less one", source=WHOLE, lines=(4, 8), severity=Severity.ERROR, says="sorted WNIDs"),
    Case(name="picture by picture, top-1 and top-5", source=LOOP, lines=(7, 14, 16)),
    Case(name="ids from 1 and a metric of scikit-learn", source=REPORT, lines=(6, 9)),
    Case(name="evaluate", source=EVALUATE, lines=(4, 7)),
)
