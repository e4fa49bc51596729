import keras, numpy as np
tr = keras.utils.image_dataset_from_directory("q", image_size=(224, 224))
i = keras.Input((None, None, 3)); x = keras.applications.resnet50.preprocess_input(i)
b = keras.applications.ResNet50(include_top=False, pooling="avg"); b.trainable = False
m = keras.Model(i, keras.layers.Dense(4, activation="softmax")(b(x))); m.compile("adam", "sparse_categorical_crossentropy"); m.fit(tr, epochs=2)
im = keras.utils.load_img("z.jpg", target_size=(150, 150)); print(m.predict(np.expand_dims(keras.utils.img_to_array(im), 0)))
