import numpy as np, pandas as pd
from sklearn.model_selection import KFold
from tensorflow import keras
from tensorflow.keras.preprocessing.image import ImageDataGenerator

df = pd.read_csv("labels.csv").astype(str)
kf = KFold(n_splits=5, shuffle=True, random_state=3)
scores = []
idg = ImageDataGenerator(rescale=1.0 / 255.0, fill_mode="nearest", zoom_range=0.3, rotation_range=15)
for fold, (a, b) in enumerate(kf.split(df)):
    tr, va = df.iloc[a], df.iloc[b]
    tg = idg.flow_from_dataframe(tr, "img", x_col="id", y_col="label", class_mode="categorical", target_size=(150, 150))
    vg = ImageDataGenerator(rescale=1.0 / 255.0).flow_from_dataframe(va, "img", x_col="id", y_col="label", class_mode="categorical", target_size=(150, 150), shuffle=False)

    def create():
        b = keras.applications.ResNet50(include_top=False, weights="imagenet", input_shape=(150, 150, 3))
        for layer in b.layers:
            layer.trainable = False
        m = keras.Sequential()
        m.add(b)
        m.add(keras.layers.GlobalAveragePooling2D())
        m.add(keras.layers.Dense(5, activation="softmax"))
        m.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["acc"])
        return m
    model = create()
    cb = [keras.callbacks.ModelCheckpoint(f"fold{fold}.h5", monitor="val_acc", save_best_only=True)]
    model.fit(tg, validation_data=vg, epochs=8, callbacks=cb)
    model.load_weights(f"fold{fold}.h5")
    scores.append(model.evaluate(vg)[1])
print(np.mean(scores))
