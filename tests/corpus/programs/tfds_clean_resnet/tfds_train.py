import tensorflow as tf
import tensorflow_datasets as tfds
from tensorflow.keras.applications import resnet50

(train, val), info = tfds.load('cats_vs_dogs', split=['train[:80%]', 'train[80%:]'], as_supervised=True, with_info=True)


def fmt(image, label):
    image = tf.image.resize(tf.cast(image, tf.float32), (224, 224))
    return resnet50.preprocess_input(image), label


def flip(image, label):
    return tf.image.random_flip_left_right(image), label


train = train.shuffle(2000).map(fmt).map(flip).batch(32).prefetch(tf.data.AUTOTUNE)
val = val.map(fmt).batch(32).prefetch(tf.data.AUTOTUNE)
base = resnet50.ResNet50(include_top=False, pooling='avg')
base.trainable = False
m = tf.keras.Sequential([base, tf.keras.layers.Dense(info.features['label'].num_classes, activation='softmax')])
m.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy', ])
m.fit(train, epochs=3, validation_data=val, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=1)])
