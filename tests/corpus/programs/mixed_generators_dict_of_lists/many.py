"""Several families, each with its own generator, in dictionaries of keyword arguments. Clean."""
from tensorflow.keras import applications, layers, Model, callbacks, metrics
from tensorflow.keras.preprocessing.image import ImageDataGenerator

EXPERIMENTS = [
    dict(net=applications.vgg16.VGG16, fn=applications.vgg16.preprocess_input, side=224),
    dict(net=applications.xception.Xception, fn=applications.xception.preprocess_input, side=299),
    dict(net=applications.efficientnet.EfficientNetB0, fn=None, side=224),
]

for e in EXPERIMENTS:
    side = (e["side"], e["side"])
    tr = ImageDataGenerator(preprocessing_function=e["fn"], horizontal_flip=True).flow_from_directory("sea/train", target_size=side, interpolation="bilinear")
    va = ImageDataGenerator(preprocessing_function=e["fn"]).flow_from_directory("sea/val", target_size=side, interpolation="bilinear")
    core = e["net"](include_top=False, pooling="avg", input_shape=side + (3,))
    core.trainable = False
    model = Model(core.input, layers.Dense(tr.num_classes, activation="softmax")(core.output))
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy", metrics.F1Score(average="macro")])
    model.fit(tr, validation_data=va, epochs=6, callbacks=[callbacks.ReduceLROnPlateau(patience=1)])
