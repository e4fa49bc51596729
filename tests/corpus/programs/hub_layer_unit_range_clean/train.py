import tensorflow as tf, tensorflow_hub as hub
ds = tf.keras.utils.image_dataset_from_directory("x/train", image_size=(224, 224))
va = tf.keras.utils.image_dataset_from_directory("x/val", image_size=(224, 224))
scale = tf.keras.layers.Rescaling(1. / 255)
ds, va = ds.map(lambda x, y: (scale(x), y)), va.map(lambda x, y: (scale(x), y))
m = tf.keras.Sequential([hub.KerasLayer("https://tfhub.dev/google/imagenet/mobilenet_v2_100_224/feature_vector/5", trainable=False), tf.keras.layers.Dense(4, activation="softmax")])
m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
m.fit(ds, validation_data=va, epochs=4)
