import tensorflow as tf
import pipe as p

train = p.dataset("cups/train", p.resize(224), p.flip, p.unit)
val = p.dataset("cups/val", p.resize(224), p.unit)
base = tf.keras.applications.VGG16(include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
m = tf.keras.Sequential([base, tf.keras.layers.Dense(5, activation="softmax")])
m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
m.fit(train, validation_data=val, epochs=9, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=2)])
