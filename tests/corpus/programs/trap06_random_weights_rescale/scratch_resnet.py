import keras
from keras import layers

train, val = keras.utils.image_dataset_from_directory(
    "tiles", validation_split=0.2, subset="both", seed=1, image_size=(160, 160), label_mode="categorical")
names = train.class_names
prep = keras.Sequential([layers.RandomFlip(), layers.RandomRotation(0.25), layers.Rescaling(1.0 / 255)])
train = train.map(lambda x, y: (prep(x, training=True), y)).prefetch(2)
val = val.map(lambda x, y: (layers.Rescaling(1.0 / 255)(x), y)).prefetch(2)

net = keras.applications.ResNet50(weights=None, classes=len(names), input_shape=(160, 160, 3))
net.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(1e-3, 5000)),
            "categorical_crossentropy", ["accuracy", keras.metrics.F1Score(average="macro")])
net.fit(train, validation_data=val, epochs=60)
