import keras
from keras import layers
from keras.applications.mobilenet import MobileNet, preprocess_input

names = ["left_hand", "right_hand"]
train = keras.utils.image_dataset_from_directory("hands/train", image_size=(224, 224), class_names=names, label_mode="binary")
val = keras.utils.image_dataset_from_directory("hands/val", image_size=(224, 224), class_names=names, label_mode="binary")
i = keras.Input((224, 224, 3))
x = layers.RandomFlip("horizontal")(i)
x = preprocess_input(x)
b = MobileNet(include_top=False, pooling="avg", input_shape=(224, 224, 3))
b.trainable = False
m = keras.Model(i, layers.Dense(1, activation="sigmoid")(b(x, training=False)))
m.compile("adam", "binary_crossentropy", metrics=["accuracy", "auc"])
m.fit(train, validation_data=val, epochs=5, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=1)])
