from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras import layers, Model
datagen = ImageDataGenerator(preprocessing_function=preprocess_input, rotation_range=40, width_shift_range=.2, zoom_range=.2, horizontal_flip=True, validation_split=.2)
kw = {"directory": "fish", "target_size": (224, 224), "class_mode": "sparse", "batch_size": 8, "seed": 1}
training = datagen.flow_from_directory(subset="training", **kw)
validation = datagen.flow_from_directory(subset="validation", **kw)
v = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3), pooling="avg")
v.trainable = False
model = Model(v.input, layers.Dense(len(training.class_indices), activation="softmax")(layers.Dense(64, activation="relu")(v.output)))
model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(training, validation_data=validation, epochs=20)
