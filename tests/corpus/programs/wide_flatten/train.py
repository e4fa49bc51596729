from tensorflow import keras
gen = keras.preprocessing.image.ImageDataGenerator(rescale=1 / 255., rotation_range=30)
trainset = gen.flow_from_directory(directory="plants/train", target_size=(256, 256), class_mode="categorical", batch_size=20)
testset = keras.preprocessing.image.ImageDataGenerator(rescale=1 / 255.).flow_from_directory(directory="plants/test", target_size=(256, 256), class_mode="categorical", batch_size=20)
feature = keras.applications.vgg19.VGG19(weights="imagenet", include_top=False, input_shape=(256, 256, 3))
feature.trainable = False
net = keras.models.Sequential([feature, keras.layers.Flatten()])
net.add(keras.layers.Dense(1024, activation="relu"))
net.add(keras.layers.Dense(38, activation="softmax"))
net.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
net.fit(trainset, epochs=10, validation_data=testset)
