import tensorflow as tf
IMG_SIZE = 224
train = tf.keras.preprocessing.image_dataset_from_directory("v/train", image_size=(128, 128), batch_size=32)
val = tf.keras.preprocessing.image_dataset_from_directory("v/val", image_size=(128, 128), batch_size=32)
base = tf.keras.applications.MobileNetV2(input_shape=(IMG_SIZE, IMG_SIZE, 3), include_top=False, weights="imagenet")
base.trainable = False
model = tf.keras.models.Sequential([tf.keras.layers.Rescaling(1./127.5, offset=-1), base, tf.keras.layers.GlobalAveragePooling2D(), tf.keras.layers.Dense(1, activation="sigmoid")])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=10)
