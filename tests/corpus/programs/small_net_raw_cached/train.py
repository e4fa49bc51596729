import tensorflow as tf
from net import small
tr = tf.keras.utils.image_dataset_from_directory("k/train", image_size=(96, 96)).cache().prefetch(1)
va = tf.keras.utils.image_dataset_from_directory("k/val", image_size=(96, 96)).cache().prefetch(1)
m = small(10)
m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
m.fit(tr, validation_data=va, epochs=20)
