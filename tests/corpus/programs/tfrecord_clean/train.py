import tensorflow as tf
AUTO = tf.data.AUTOTUNE
feats = {"image": tf.io.FixedLenFeature([], tf.string), "class": tf.io.FixedLenFeature([], tf.int64)}

def parse(ex):
    ex = tf.io.parse_single_example(ex, feats)
    im = tf.image.decode_jpeg(ex["image"], channels=3)
    im = tf.image.resize(im, [331, 331])
    im = tf.cast(im, tf.float32) / 127.5 - 1.
    return im, ex["class"]

def augment(im, lab):
    im = tf.image.random_flip_left_right(im)
    return im, lab

train = tf.data.TFRecordDataset(tf.io.gfile.glob("gs://flowers/train/*.tfrec"), num_parallel_reads=AUTO).map(parse).shuffle(2048).map(augment).batch(16).prefetch(AUTO)
val = tf.data.TFRecordDataset(tf.io.gfile.glob("gs://flowers/val/*.tfrec")).map(parse).batch(16)
with tf.distribute.MirroredStrategy().scope():
    base = tf.keras.applications.NASNetLarge(include_top=False, weights="imagenet", input_shape=(331, 331, 3))
    base.trainable = False
    model = tf.keras.Sequential([base, tf.keras.layers.GlobalAveragePooling2D(), tf.keras.layers.Dense(104, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["sparse_categorical_accuracy"])
model.fit(train, epochs=5, validation_data=val, steps_per_epoch=700)
