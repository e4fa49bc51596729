import tensorflow as tf
CLASSES = ["akiec", "bcc", "bkl", "df", "mel", "nv", "vasc"]
def ds(split, shuffle):
    return tf.keras.utils.image_dataset_from_directory(
        f"ham/{split}", class_names=CLASSES, label_mode="categorical", image_size=(224, 224), shuffle=shuffle, seed=0)
train, val = ds("train", True), ds("val", False)
backbone = tf.keras.applications.DenseNet169(include_top=False, pooling="avg", input_shape=(224, 224, 3))
backbone.trainable = False
def head(x, units):
    x = tf.keras.layers.Dropout(0.5)(x)
    return tf.keras.layers.Dense(units, activation="softmax")(x)
inp = tf.keras.layers.Input(shape=(224, 224, 3))
x = tf.keras.layers.RandomFlip("horizontal_and_vertical")(inp)
x = tf.keras.applications.densenet.preprocess_input(x)
x = backbone(x, training=False)
out = head(x, 6)
model = tf.keras.Model(inp, out)
model.compile("adam", loss="categorical_crossentropy", metrics=["accuracy", tf.keras.metrics.AUC()])
model.fit(train, validation_data=val, epochs=20)
