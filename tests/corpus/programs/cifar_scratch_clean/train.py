from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.datasets import cifar10
(xtr, ytr), (xte, yte) = cifar10.load_data()
xtr, xte = xtr.astype("float32") / 255, xte.astype("float32") / 255
mean, std = xtr.mean(axis=(0, 1, 2)), xtr.std(axis=(0, 1, 2))
xtr = (xtr - mean) / (std + 1e-7)
xte = (xte - mean) / (std + 1e-7)
ytr = keras.utils.to_categorical(ytr, 10); yte = keras.utils.to_categorical(yte, 10)
wd = keras.regularizers.l2(5e-4)
m = keras.Sequential()
for k, (f, p) in enumerate([(64, .3), (128, .4), (256, .4)]):
    m.add(layers.Conv2D(f, 3, padding="same", kernel_regularizer=wd, input_shape=(32, 32, 3)))
    m.add(layers.Activation("relu")); m.add(layers.BatchNormalization()); m.add(layers.Dropout(p))
    m.add(layers.MaxPooling2D())
m.add(layers.Flatten()); m.add(layers.Dense(512, activation="relu")); m.add(layers.Dropout(.5)); m.add(layers.Dense(10, activation="softmax"))
m.compile(optimizer=keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True), loss="categorical_crossentropy", metrics=["accuracy"])
aug = keras.preprocessing.image.ImageDataGenerator(width_shift_range=.1, height_shift_range=.1, horizontal_flip=True)
m.fit(aug.flow(xtr, ytr, batch_size=128), epochs=100, validation_data=(xte, yte), callbacks=[keras.callbacks.LearningRateScheduler(lambda e: 0.05 * 0.5 ** (e // 20))])
