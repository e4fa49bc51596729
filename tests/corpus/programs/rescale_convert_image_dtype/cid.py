import tensorflow as tf

FILES = tf.io.gfile.glob('gs-copy/*/*.jpg')
KLASSEN = tf.constant(['a', 'b', 'c'])


def get_label(path):
    parts = tf.strings.split(path, '/')
    return tf.cast(parts[-2] == KLASSEN, tf.float32)


def decode_img(raw):
    img = tf.image.decode_jpeg(raw, channels=3)
    img = tf.image.convert_image_dtype(img, tf.float32)
    return tf.image.resize(img, [224, 224])


def process_path(path):
    return decode_img(tf.io.read_file(path)), get_label(path)


all_files = tf.data.Dataset.from_tensor_slices(FILES).shuffle(len(FILES), seed=1, reshuffle_each_iteration=False)
val_ds = all_files.take(500).map(process_path).batch(32)
train_ds = all_files.skip(500).map(process_path).shuffle(1000).map(lambda i, l: (tf.image.random_flip_left_right(i), l)).batch(32).prefetch(2)
base = tf.keras.applications.ResNet50(include_top=False, weights='imagenet', pooling='avg', input_shape=(224, 224, 3))
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(3, activation='softmax')])
model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy', tf.keras.metrics.AUC()])
model.fit(train_ds, validation_data=val_ds, epochs=8, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=2)])
