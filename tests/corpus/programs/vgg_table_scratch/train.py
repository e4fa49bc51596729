from tensorflow.keras import layers as L, models as M, optimizers as O
from tensorflow.keras.preprocessing.image import ImageDataGenerator
cfg = {"A": [64, "M", 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"], "D": [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"]}
def vgg(kind, classes, size=224):
    m = M.Sequential([L.Input((size, size, 3))])
    for c in cfg[kind]:
        m.add(L.MaxPooling2D(2)) if c == "M" else m.add(L.Conv2D(c, 3, padding="same", activation="relu"))
    for layer in (L.Flatten(), L.Dense(4096, activation="relu"), L.Dropout(.5), L.Dense(4096, activation="relu"), L.Dropout(.5), L.Dense(classes, activation="softmax")):
        m.add(layer)
    return m
g = ImageDataGenerator(rescale=1/255, horizontal_flip=True)
tr = g.flow_from_directory("in100/train", (224, 224), batch_size=64)
va = ImageDataGenerator(rescale=1/255).flow_from_directory("in100/val", (224, 224), batch_size=64)
net = vgg("D", 100)
net.compile(O.SGD(1e-2, momentum=.9), "categorical_crossentropy", metrics=["accuracy", "top_k_categorical_accuracy"])
net.fit(tr, validation_data=va, epochs=74)
