import tensorflow as tf


def pipeline(scale):
    def decode(path, label):
        im = tf.io.decode_image(tf.io.read_file(path), channels=3, expand_animations=False)
        return tf.image.resize(im, (224, 224)), label

    def normalise(im, label):
        return im * scale, label

    def build(table, training):
        ds = tf.data.Dataset.from_tensor_slices((table["path"].values, table["y"].values))
        if training:
            ds = ds.shuffle(5000)
        ds = ds.map(decode)
        if training:
            ds = ds.map(lambda im, y: (tf.image.random_flip_left_right(im), y))
        return ds.map(normalise).batch(32).prefetch(tf.data.AUTOTUNE)

    return build
