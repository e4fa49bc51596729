import tensorflow as tf
from tensorflow.keras import layers, models

train = tf.keras.utils.image_dataset_from_directory('blood/train', image_size=(120, 120), label_mode='categorical')
test = tf.keras.utils.image_dataset_from_directory('blood/test', image_size=(120, 120), label_mode='categorical')
model = models.Sequential()
model.add(layers.Conv2D(32, (3, 3), activation='relu', input_shape=(120, 120, 3)))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation='relu'))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Flatten())
model.add(layers.Dense(128, activation='relu'))
model.add(layers.Dense(4, activation='softmax'))
model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
history = model.fit(train, epochs=10, validation_data=test)
