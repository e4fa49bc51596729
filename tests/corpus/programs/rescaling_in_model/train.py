import tensorflow as tf
from tensorflow.keras import layers, models

train_ds = tf.keras.utils.image_dataset_from_directory("rice", validation_split=0.2, subset="training", seed=1, image_size=(180, 180))
val_ds = tf.keras.utils.image_dataset_from_directory("rice", validation_split=0.2, subset="validation", seed=1, image_size=(180, 180))
n = len(train_ds.class_names)
vgg = tf.keras.applications.VGG16(input_shape=(180, 180, 3), include_top=False, weights="imagenet")
for l in vgg.layers:
    l.trainable = l.name.startswith('block5')
model = models.Sequential([
    layers.experimental.preprocessing.Rescaling(1./255, input_shape=(180, 180, 3)),
    layers.experimental.preprocessing.RandomFlip("horizontal"),       
    vgg,
    layers.Flatten(),
    layers.Dense(128, activation="relu"),
    layers.Dense(n),
])
model.compile(optimizer=tf.keras.optimizers.Adam(1e-5), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train_ds, validation_data=val_ds, epochs=10)
