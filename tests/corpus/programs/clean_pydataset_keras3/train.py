import csv
import keras
from dataset import PictureFolder

with open("labels.csv") as handle:
    table = [(r["path"], int(r["label"]), r["split"]) for r in csv.DictReader(handle)]
rows = {s: [(p, y) for p, y, z in table if z == s] for s in ("train", "val", "test")}
train = PictureFolder(rows["train"], (224, 224), training=True, workers=4, use_multiprocessing=True)
val = PictureFolder(rows["val"], (224, 224))

backbone = keras.applications.ResNet101(include_top=False, pooling="avg", input_shape=(224, 224, 3))
backbone.trainable = False
model = keras.Sequential([backbone, keras.layers.Dropout(0.3), keras.layers.Dense(7, activation="softmax")])
model.compile(keras.optimizers.Adam(1e-3), keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=12,
          callbacks=[keras.callbacks.ReduceLROnPlateau("val_loss", patience=2)])
