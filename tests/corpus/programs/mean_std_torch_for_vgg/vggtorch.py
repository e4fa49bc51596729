import tensorflow as tf

mean = tf.constant([0.485, 0.456, 0.406])
std = tf.constant([0.229, 0.224, 0.225])


def parse(x, y):
    x = tf.cast(x, tf.float32) / 255.
    return (x - mean) / std, y


tr = tf.keras.utils.image_dataset_from_directory("cxr/train", image_size=(224, 224), label_mode="binary").map(parse)
va = tf.keras.utils.image_dataset_from_directory("cxr/val", image_size=(224, 224), label_mode="binary").map(parse)
base = tf.keras.applications.VGG16(include_top=False, pooling="avg")
base.trainable = False
m = tf.keras.Sequential([tf.keras.layers.RandomFlip("horizontal"), base, tf.keras.layers.Dense(1, activation="sigmoid")])
m.compile("adam", "binary_crossentropy", metrics=[tf.keras.metrics.AUC()])
m.fit(tr, validation_data=va, epochs=10, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=2)])
