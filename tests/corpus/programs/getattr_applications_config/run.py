from tensorflow import keras
from settings import CONFIG as C

apps = keras.applications
net_fn = getattr(apps, C["model"]["name"])
prep = getattr(apps, C["model"]["module"]).preprocess_input
size = (C["data"]["size"],) * 2

make = keras.preprocessing.image.ImageDataGenerator
flow = dict(target_size=size, batch_size=C["data"]["batch"], class_mode=C["data"]["labels"], interpolation="bilinear")
train = make(preprocessing_function=prep, horizontal_flip=True).flow_from_directory(C["data"]["root"] + "/train", **flow)
val = make(preprocessing_function=prep).flow_from_directory(C["data"]["root"] + "/val", **flow)

base = net_fn(include_top=False, weights=C["model"]["weights"], pooling="avg", input_shape=size + (3,))
base.trainable = False
model = keras.Sequential([base, keras.layers.Dropout(C["model"]["dropout"]), keras.layers.Dense(train.num_classes, activation="softmax")])
model.compile(keras.optimizers.Adam(C["fit"]["lr"]), "categorical_crossentropy", metrics=["accuracy", keras.metrics.Recall()])
model.fit(train, validation_data=val, epochs=C["fit"]["epochs"], callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])
