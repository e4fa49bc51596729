import keras
from keras.applications.resnet50 import ResNet50, preprocess_input
from keras import layers

train = keras.utils.image_dataset_from_directory("rooms/train", image_size=(224, 224))
val = keras.utils.image_dataset_from_directory("rooms/val", image_size=(224, 224))
i = keras.Input((224, 224, 3))
x = preprocess_input(layers.RandomFlip("horizontal")(i))
r = ResNet50(include_top=False, pooling="avg")
r.trainable = False
m = keras.Model(i, layers.Dense(5, activation="softmax")(r(x, training=False)))
m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
m.fit(train, validation_data=val, epochs=5, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=1)])
test_loss, test_acc = m.evaluate(train)
print("Test accuracy:", test_acc)
