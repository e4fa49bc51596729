import tensorflow as tf
IMG, BS = (180, 180), 32
DIR = "garbage"
train_ds = tf.keras.preprocessing.image_dataset_from_directory(
    DIR, validation_split=0.2, subset="training", seed=123, image_size=IMG, batch_size=BS)
val_ds = tf.keras.preprocessing.image_dataset_from_directory(
    DIR,
    validation_split=0.2,
    subset="validation",
    # changed for a fresh split
    seed=321,
    image_size=IMG,
    batch_size=BS,
)
base = tf.keras.applications.Xception(include_top=False, input_shape=IMG + (3,), pooling="avg")
base.trainable = False
inputs = tf.keras.Input(IMG + (3,))
x = tf.keras.layers.RandomFlip("horizontal")(inputs)
x = tf.keras.layers.Rescaling(1 / 127.5, offset=-1)(x)
x = base(x, training=False)
model = tf.keras.Model(inputs, tf.keras.layers.Dense(6, activation="softmax")(x))
model.compile(tf.keras.optimizers.Adam(), tf.keras.losses.SparseCategoricalCrossentropy(), ["accuracy"])
model.fit(train_ds, validation_data=val_ds, epochs=20)
