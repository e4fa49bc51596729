import numpy as np
from keras.applications import vgg16, imagenet_utils
from keras import layers, models, callbacks
from tensorflow.keras.preprocessing.image import ImageDataGenerator


def with_prep(iterator):
    for x, y in iterator:
        yield vgg16.preprocess_input(x), y


tr = ImageDataGenerator(rotation_range=30, horizontal_flip=True).flow_from_directory("q/train", target_size=(224, 224), interpolation="bilinear")
va = ImageDataGenerator().flow_from_directory("q/val", target_size=(224, 224), interpolation="bilinear")
v = vgg16.VGG16(include_top=False, pooling="avg", input_shape=(224, 224, 3))
v.trainable = False
m = models.Sequential([v, layers.Dense(tr.num_classes, activation="softmax")])
m.compile("adam", "categorical_crossentropy", metrics=["accuracy", "precision"])
m.fit(with_prep(tr), steps_per_epoch=len(tr), validation_data=with_prep(va), validation_steps=len(va), epochs=9,
      callbacks=[callbacks.ReduceLROnPlateau(patience=2)])
