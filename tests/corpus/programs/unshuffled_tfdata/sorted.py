import os, tensorflow as tf
from tensorflow.keras.applications import mobilenet

classes = ['cup', 'fork', 'plate']


def gather(split):
    paths, labels = [], []
    for i, c in enumerate(classes):
        for f in sorted(os.listdir(f'{split}/{c}')):
            paths.append(f'{split}/{c}/{f}')
            labels.append(i)
    return paths, labels


def load(path, label):
    image = tf.image.decode_png(tf.io.read_file(path), channels=3)
    image = tf.image.resize(image, (224, 224))
    return mobilenet.preprocess_input(image), label


train = tf.data.Dataset.from_tensor_slices(gather('train')).map(load).batch(32).prefetch(2)
val = tf.data.Dataset.from_tensor_slices(gather('val')).map(load).batch(32)
base = mobilenet.MobileNet(include_top=False, pooling='avg', input_shape=(224, 224, 3))
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(3, activation='softmax')])
model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
model.fit(train, validation_data=val, epochs=5)
