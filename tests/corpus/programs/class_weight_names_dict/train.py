from tensorflow import keras
pre = keras.applications.resnet50.preprocess_input
G = keras.preprocessing.image.ImageDataGenerator
tr = G(preprocessing_function=pre, horizontal_flip=True).flow_from_directory("d/train", target_size=(224, 224))
va = G(preprocessing_function=pre).flow_from_directory("d/val", target_size=(224, 224))
weights = {name: 1.0 for name in tr.class_indices}
weights["rare"] = 5.0
b = keras.applications.ResNet50(include_top=False, pooling="avg", input_shape=(224, 224, 3))
b.trainable = False
m = keras.Sequential([b, keras.layers.Dense(3, activation="softmax")])
m.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
m.fit(tr, validation_data=va, epochs=3, class_weight={"common": 1.0, "usual": 2.0, "rare": 5.0})
