import tensorflow as tf
from tensorflow.keras.layers.experimental import preprocessing
from tensorflow.keras.utils import plot_model

data_augmentation = tf.keras.Sequential([
    preprocessing.RandomFlip("horizontal", input_shape=(180, 180, 3)),
    preprocessing.RandomRotation(0.1),
])
train_ds = tf.keras.preprocessing.image_dataset_from_directory("roses", validation_split=0.2, subset="training", seed=7, image_size=(180, 180))
val_ds = tf.keras.preprocessing.image_dataset_from_directory("roses", validation_split=0.2, subset="validation", seed=7, image_size=(180, 180))
model = tf.keras.Sequential([
    data_augmentation,
    preprocessing.Rescaling(1./255),
    tf.keras.layers.Conv2D(16, 3, padding='same', activation='relu'),
    tf.keras.layers.MaxPooling2D(),
    tf.keras.layers.Conv2D(32, 3, padding='same', activation='relu'),
    tf.keras.layers.MaxPooling2D(),
    tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(128, activation='relu'),
    tf.keras.layers.Dense(5)
])
model.compile(optimizer='adam', loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=['accuracy'])
model.fit(train_ds, validation_data=val_ds, epochs=15, workers=4, use_multiprocessing=True)
