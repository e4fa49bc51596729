from tensorflow import keras
from tensorflow.keras.applications import DenseNet121
from tensorflow.keras.applications.densenet import preprocess_input

g = dict(target_size=(224, 224), batch_size=16, class_mode="binary", interpolation="bilinear")
IDG = keras.preprocessing.image.ImageDataGenerator
train = IDG(preprocessing_function=preprocess_input, horizontal_flip=True, zoom_range=.1).flow_from_directory("mura/train", **g)
valid = IDG(preprocessing_function=preprocess_input).flow_from_directory("mura/valid", **g)  # shuffled: harmless for evaluate
test = IDG(preprocessing_function=preprocess_input).flow_from_directory("mura/test", **g)

base = DenseNet121(include_top=False, weights="imagenet", pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = keras.models.Sequential([base, keras.layers.Dropout(.3), keras.layers.Dense(1, "sigmoid")])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy", keras.metrics.AUC(name="auc")])
model.fit(train, epochs=10, validation_data=valid,
          callbacks=[keras.callbacks.EarlyStopping(monitor="val_auc", mode="max", patience=3, restore_best_weights=True),
                     keras.callbacks.ReduceLROnPlateau(monitor="val_loss", patience=2)])
print(model.evaluate(test))
