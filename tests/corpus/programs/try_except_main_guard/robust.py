import logging
import os
import sys

log = logging.getLogger(__name__)

try:
    import tensorflow as tf
    from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
except ImportError:
    sys.exit("needs TensorFlow")


def loaders(root, bs, *, augment=True):
    extra = {}
    if augment:
        extra.update(rotation_range=15, horizontal_flip=True)
    train = tf.keras.preprocessing.image.ImageDataGenerator(preprocessing_function=preprocess_input, **extra)
    valid = tf.keras.preprocessing.image.ImageDataGenerator(preprocessing_function=preprocess_input)
    for gen, part in ((train, "train"), (valid, "valid")):
        yield gen.flow_from_directory(os.path.join(root, part), target_size=(224, 224), batch_size=bs, class_mode="binary", interpolation="bilinear")


def main():
    train, valid = loaders("parking", 32)
    with tf.distribute.MirroredStrategy().scope():
        vgg = VGG16(include_top=False, weights="imagenet", input_shape=(224, 224, 3))
        for layer in vgg.layers[:-4]:
            layer.trainable = False
        net = tf.keras.Sequential([vgg, tf.keras.layers.GlobalAveragePooling2D(), tf.keras.layers.Dense(1, activation="sigmoid")])
        net.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=1e-5), loss="binary_crossentropy",
                    metrics=["accuracy", tf.keras.metrics.AUC(name="auc")])
    try:
        net.fit(train, validation_data=valid, epochs=20,
                callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=3)])
    except KeyboardInterrupt:
        log.warning("stopped by hand")
    finally:
        net.save("parking.keras")


if __name__ == "__main__":
    main()
