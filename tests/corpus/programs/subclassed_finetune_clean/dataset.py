import tensorflow as tf

AUTO = tf.data.AUTOTUNE


def build_dataset(folder, size, bs, training):
    ds = tf.keras.utils.image_dataset_from_directory(str(folder), image_size=(size, size), batch_size=bs, label_mode='categorical', shuffle=training)
    if training:
        ds = ds.map(lambda x, y: (tf.image.random_flip_left_right(x), y), num_parallel_calls=AUTO)
    return ds.map(_norm, num_parallel_calls=AUTO).prefetch(AUTO)


def _norm(x, y):
    return tf.keras.applications.vgg16.preprocess_input(x), y
