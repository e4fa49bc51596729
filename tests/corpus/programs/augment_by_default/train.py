import tensorflow as tf
from tensorflow.keras import layers
aug = tf.keras.Sequential([layers.RandomFlip("horizontal_and_vertical"), layers.RandomRotation(0.2)])
def prepare(ds, shuffle=False, augment=True):
    ds = ds.map(lambda x, y: (layers.Rescaling(1./127.5, offset=-1)(x), y))
    if shuffle: ds = ds.shuffle(1000)
    if augment: ds = ds.map(lambda x, y: (aug(x, training=True), y))
    return ds.prefetch(2)
tr = prepare(tf.keras.utils.image_dataset_from_directory("leaf/tr", image_size=(160, 160)), shuffle=True)
va = prepare(tf.keras.utils.image_dataset_from_directory("leaf/va", image_size=(160, 160)))
b = tf.keras.applications.MobileNet(include_top=False, pooling="avg", input_shape=(160, 160, 3)); b.trainable = False
m = tf.keras.Sequential([b, layers.Dense(5, activation="softmax")]); m.compile("adam", "sparse_categorical_crossentropy")
m.fit(tr, validation_data=va, epochs=2)
