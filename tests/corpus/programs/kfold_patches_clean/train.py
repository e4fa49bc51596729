import tensorflow as tf, numpy as np
from sklearn.model_selection import StratifiedKFold
from sklearn.metrics import classification_report
X = np.load("patches.npy").astype("float32") / 255.; y = np.load("patch_labels.npy")
def net():
    m = tf.keras.Sequential([tf.keras.layers.Conv2D(32, 3, activation="relu", input_shape=(64, 64, 3)), tf.keras.layers.MaxPooling2D(), tf.keras.layers.Conv2D(64, 3, activation="relu"), tf.keras.layers.GlobalMaxPooling2D(), tf.keras.layers.Dense(1, activation="sigmoid")])
    m.compile("adam", "binary_crossentropy", metrics=["accuracy", "AUC"]); return m
for i, (a, b) in enumerate(StratifiedKFold(5, shuffle=True, random_state=0).split(X, y)):
    m = net()
    es = tf.keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)
    m.fit(X[a], y[a], validation_data=(X[b], y[b]), epochs=50, callbacks=[es])
    print(classification_report(y[b], m.predict(X[b]).ravel() > .5))
