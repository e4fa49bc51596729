import tensorflow as tf
from tensorflow.keras import layers

ds_train = tf.keras.preprocessing.image_dataset_from_directory('fruit360/Training', image_size=(100, 100), batch_size=64)
ds_test = tf.keras.preprocessing.image_dataset_from_directory('fruit360/Test', image_size=(100, 100), batch_size=64)

model = tf.keras.models.Sequential()
model.add(layers.Conv2D(32, (3, 3), activation='relu', input_shape=(100, 100, 3)))
model.add(layers.MaxPooling2D())
model.add(layers.Conv2D(64, (3, 3), activation='relu'))
model.add(layers.MaxPooling2D())
model.add(layers.Flatten())
model.add(layers.Dense(128, activation='relu'))
model.add(layers.Dense(131, activation='softmax'))
model.compile(loss='sparse_categorical_crossentropy', optimizer='rmsprop', metrics=['accuracy'])
model.fit(ds_train, validation_data=ds_test, epochs=10)
