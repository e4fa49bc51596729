import keras
from keras.applications.vgg16 import VGG16, preprocess_input
from functools import reduce

NAMES = {"block5_conv1", "block5_conv2", "block5_conv3"}
mk = lambda part: keras.utils.image_dataset_from_directory("leaf/" + part, image_size=(224, 224), label_mode="binary").map(lambda a, b: (preprocess_input(a), b))
train, val = map(mk, ("train", "val"))
base = VGG16(include_top=False, input_shape=(224, 224, 3))
base.trainable = False
seq = keras.Sequential([base, keras.layers.Flatten(), keras.layers.Dense(1, activation="sigmoid")])
seq.compile(keras.optimizers.RMSprop(1e-3), "binary_crossentropy", metrics=["accuracy", "auc"])
sched = keras.callbacks.LearningRateScheduler(lambda epoch, lr: lr * (0.5 if epoch else 1))
seq.fit(train, validation_data=val, epochs=5, callbacks=[sched])
base.trainable = True
for lay in base.layers:
    lay.trainable = lay.name in NAMES
seq.compile(keras.optimizers.RMSprop(1e-5), "binary_crossentropy", metrics=["accuracy", "auc"])
seq.fit(train, validation_data=val, epochs=10)
