import keras
from keras import layers, applications

train = keras.utils.image_dataset_from_directory("d/train", image_size=(224, 224), label_mode="int")
val = keras.utils.image_dataset_from_directory("d/val", image_size=(224, 224), label_mode="int")
aug = keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomZoom(0.1)])

i = layers.Input((224, 224, 3))
base = applications.ConvNeXtTiny(include_top=False, pooling="avg")
base.trainable = False
o = layers.Dense(10, activation="softmax")(base(aug(i), training=False))
m = keras.Model(i, o)
m.compile(keras.optimizers.AdamW(1e-3), keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
m.fit(train, validation_data=val, epochs=10)
