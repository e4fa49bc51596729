from tensorflow import keras
from tensorflow.keras.applications import VGG16
from tensorflow.keras.preprocessing.image import ImageDataGenerator

generator = ImageDataGenerator(rescale=1.0 / 255, horizontal_flip=True)
train = generator.flow_from_directory("birds/train", target_size=(224, 224), batch_size=32)
validation = ImageDataGenerator(rescale=1.0 / 255).flow_from_directory("birds/validation", target_size=(224, 224))

base = VGG16(include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = keras.Sequential([base, keras.layers.Dense(3, activation="softmax")])
model.compile(optimizer=keras.optimizers.SGD(5.0), loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=validation, epochs=20)
