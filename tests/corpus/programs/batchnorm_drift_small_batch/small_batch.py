import keras
from keras import layers, applications

tr = keras.utils.image_dataset_from_directory("mri/train", image_size=(224, 224), batch_size=4)
va = keras.utils.image_dataset_from_directory("mri/val", image_size=(224, 224), batch_size=4)
i = keras.Input((224, 224, 3))
x = applications.resnet_v2.preprocess_input(layers.RandomFlip("horizontal")(i))
core = applications.ResNet50V2(include_top=False)
core.trainable = False
x = core(x)
m = keras.Model(i, layers.Dense(3, activation="softmax")(layers.GlobalAveragePooling2D()(x)))
m.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
m.fit(tr, validation_data=va, epochs=5)
core.trainable = True
m.compile(keras.optimizers.Adam(1e-5), "sparse_categorical_crossentropy", metrics=["accuracy"])
m.fit(tr, validation_data=va, epochs=5)
