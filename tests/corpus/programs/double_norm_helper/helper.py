import tensorflow as tf
from tensorflow.keras.applications.resnet_v2 import ResNet50V2, preprocess_input


def prepare_image(image):
    image = tf.image.resize(image, (224, 224))
    image = tf.cast(image, tf.float32) / 255.0
    return image


def prepare_train(image, label):
    image = prepare_image(image)
    image = tf.image.random_flip_up_down(tf.image.random_flip_left_right(image))
    return preprocess_input(image), label


def prepare_val(image, label):
    return preprocess_input(prepare_image(image)), label


raw = tf.keras.utils.image_dataset_from_directory("tissue", validation_split=.2, subset="both", seed=1, image_size=(256, 256), label_mode="categorical")
train, val = raw[0].map(prepare_train), raw[1].map(prepare_val)
base = ResNet50V2(include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(8, activation="softmax")])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy", tf.keras.metrics.AUC()])
model.fit(train, validation_data=val, epochs=8, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=2)])
