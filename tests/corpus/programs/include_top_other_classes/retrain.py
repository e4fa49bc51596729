import keras
from keras.applications.vgg16 import VGG16, preprocess_input

datagen = dict(image_size=(224, 224), label_mode="categorical", class_names=["cat", "dog", "fox"])
train = keras.utils.image_dataset_from_directory("animals/train", **datagen)
val = keras.utils.image_dataset_from_directory("animals/val", **datagen)
prep = lambda x, y: (preprocess_input(x), y)
train, val = train.map(prep), val.map(prep)

model = VGG16(weights="imagenet", include_top=True)
model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.SGD(1e-4, momentum=0.9), metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=4)
