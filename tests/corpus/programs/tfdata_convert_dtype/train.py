import tensorflow as tf
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input

AUTOTUNE = tf.data.experimental.AUTOTUNE
BATCH_SIZE = 32
CLASS_NAMES = tf.constant(['mild', 'moderate', 'none', 'severe'])

def get_label(file_path):
    parts = tf.strings.split(file_path, '/')
    return tf.cast(parts[-2] == CLASS_NAMES, tf.float32)

def decode_img(img):
    img = tf.image.decode_jpeg(img, channels=3)
    img = tf.image.convert_image_dtype(img, tf.float32)
    img = tf.image.resize(img, [224, 224])
    return preprocess_input(img)

def process_path(file_path):
    return decode_img(tf.io.read_file(file_path)), get_label(file_path)

def make(pattern, training):
    ds = tf.data.Dataset.list_files(pattern, shuffle=training)
    ds = ds.map(process_path, num_parallel_calls=AUTOTUNE)
    if training:
        ds = ds.map(lambda x, y: (tf.image.random_flip_left_right(x), y)).shuffle(1000)
    return ds.batch(BATCH_SIZE).prefetch(AUTOTUNE)

train_ds = make('retina/train/*/*', True)
val_ds = make('retina/val/*/*', False)
conv = VGG16(include_top=False, input_shape=(224, 224, 3))
conv.trainable = False
model = tf.keras.models.Sequential([conv, tf.keras.layers.GlobalAveragePooling2D(), tf.keras.layers.Dense(4, activation='softmax')])
model.compile('adam', 'categorical_crossentropy', ['accuracy'])
model.fit(train_ds, validation_data=val_ds, epochs=5)
