import argparse
from tensorflow import keras
from tensorflow.keras import applications as apps

p = argparse.ArgumentParser()
p.add_argument("--net", required=True)
p.add_argument("--data", required=True)
a = p.parse_args()
TABLE = {
    "vgg16": (apps.VGG16, apps.vgg16.preprocess_input),
    "densenet": (apps.DenseNet121, apps.densenet.preprocess_input),
    "xception": (apps.Xception, apps.xception.preprocess_input),
}
Net, prep = TABLE[a.net]
mk = keras.preprocessing.image.ImageDataGenerator
kw = dict(target_size=(224, 224), interpolation="bilinear", class_mode="categorical")
tr = mk(preprocessing_function=prep, horizontal_flip=True).flow_from_directory(f"{a.data}/train", **kw)
va = mk(preprocessing_function=prep).flow_from_directory(f"{a.data}/val", **kw)
base = Net(include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = keras.Sequential([base, keras.layers.Dense(tr.num_classes, activation="softmax")])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy", keras.metrics.AUC()])
model.fit(tr, validation_data=va, epochs=7, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])
