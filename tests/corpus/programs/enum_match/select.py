import sys
from enum import Enum
import keras
from keras import layers


class Net(Enum):
    VGG = "vgg"
    RES = "res"


def backbone(kind: Net):
    match kind:
        case Net.VGG:
            return keras.applications.VGG16(include_top=False, pooling="avg"), keras.applications.vgg16.preprocess_input
        case Net.RES:
            return keras.applications.ResNet50(include_top=False, pooling="avg"), keras.applications.resnet50.preprocess_input


base, prep = backbone(Net(sys.argv[1]))
base.trainable = False
train = keras.utils.image_dataset_from_directory("nuts/train", image_size=(224, 224), label_mode="categorical")
val = keras.utils.image_dataset_from_directory("nuts/val", image_size=(224, 224), label_mode="categorical")
i = keras.Input((224, 224, 3))
x = base(prep(layers.RandomRotation(0.1)(i)))
model = keras.Model(i, layers.Dense(6, activation="softmax")(x))
model.compile("adam", "categorical_crossentropy", metrics=["accuracy", "auc"])
model.fit(train, validation_data=val, epochs=6, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=1)])
