import keras
from keras.utils import image_dataset_from_directory

from model import build

train = image_dataset_from_directory("data/train", image_size=(180, 180), batch_size=32)
valid = image_dataset_from_directory("data/valid", image_size=(180, 180), batch_size=32)
test = image_dataset_from_directory("data/test", image_size=(180, 180), batch_size=32, shuffle=False)

model = build(len(train.class_names))
model.compile(loss="sparse_categorical_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
callbacks = [keras.callbacks.ModelCheckpoint("features.keras", save_best_only=True, monitor="val_loss")]
model.fit(train, epochs=50, validation_data=valid, callbacks=callbacks)
best = keras.models.load_model("features.keras")
print("test accuracy", best.evaluate(test)[1])
