import tensorflow as tf
from tensorflow.keras.applications.inception_v3 import InceptionV3, preprocess_input

DIR = "dataset"
BS, SZ = 32, 299
common = {"target_size": (SZ, SZ), "batch_size": BS, "class_mode": "sparse", "seed": 11, "interpolation": "bicubic"}
aug = tf.keras.preprocessing.image.ImageDataGenerator(
    preprocessing_function=preprocess_input, validation_split=0.25,
    rotation_range=25, horizontal_flip=True, brightness_range=(0.8, 1.2))
plain = tf.keras.preprocessing.image.ImageDataGenerator(preprocessing_function=preprocess_input, validation_split=0.25)
train_it = aug.flow_from_directory(DIR, subset="training", **common)
val_it = plain.flow_from_directory(DIR, subset="validation", **common)

base = InceptionV3(include_top=False, weights="imagenet", input_shape=(SZ, SZ, 3))
for lyr in base.layers: lyr.trainable = False
out = tf.keras.layers.Dense(train_it.num_classes, activation="softmax")(tf.keras.layers.GlobalMaxPooling2D()(base.output))
clf = tf.keras.Model(base.input, out)
clf.compile(tf.keras.optimizers.RMSprop(1e-3), loss="sparse_categorical_crossentropy", metrics=["sparse_categorical_accuracy", "sparse_top_k_categorical_accuracy"])
clf.fit(train_it, validation_data=val_it, epochs=8, callbacks=[tf.keras.callbacks.LearningRateScheduler(lambda e: 1e-3 * 0.9 ** e)])
