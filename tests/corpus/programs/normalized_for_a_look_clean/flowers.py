import tensorflow as tf
import numpy as np
train_ds = tf.keras.utils.image_dataset_from_directory("flowers", validation_split=0.2, subset="training", seed=123, image_size=(180, 180))
val_ds = tf.keras.utils.image_dataset_from_directory("flowers", validation_split=0.2, subset="validation", seed=123, image_size=(180, 180))
class_names = train_ds.class_names
normalization_layer = tf.keras.layers.Rescaling(1./255)
normalized_ds = train_ds.map(lambda x, y: (normalization_layer(x), y))
image_batch, labels_batch = next(iter(normalized_ds))
print(np.min(image_batch[0]))
data_augmentation = tf.keras.Sequential([tf.keras.layers.RandomFlip("horizontal", input_shape=(180,180,3)), tf.keras.layers.RandomRotation(0.1)])
model = tf.keras.Sequential([data_augmentation, tf.keras.layers.Rescaling(1./255), tf.keras.layers.Conv2D(16, 3, padding='same', activation='relu'), tf.keras.layers.MaxPooling2D(), tf.keras.layers.Flatten(), tf.keras.layers.Dense(len(class_names))])
model.compile(optimizer='adam', loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=['accuracy'])
model.fit(train_ds.cache().shuffle(1000), validation_data=val_ds, epochs=3)
img = tf.keras.utils.load_img("sun.jpg", target_size=(180, 180))
img_array = tf.expand_dims(tf.keras.utils.img_to_array(img), 0)
predictions = model.predict(img_array)
