import tensorflow as tf
ds = tf.keras.utils.image_dataset_from_directory("grains", validation_split=.2, subset="both", seed=1, image_size=(128, 128))
train, val = ds
norm = tf.keras.layers.Normalization()
norm.adapt(train.map(lambda x, y: x))
model = tf.keras.Sequential([
    tf.keras.Input((128, 128, 3)), norm,
    tf.keras.layers.RandomFlip(),
    tf.keras.layers.Conv2D(32, 3, activation="relu"), tf.keras.layers.MaxPooling2D(),
    tf.keras.layers.Conv2D(64, 3, activation="relu"), tf.keras.layers.GlobalAveragePooling2D(),
    tf.keras.layers.Dense(5)])
model.compile("adam", tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=20)
