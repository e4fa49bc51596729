import keras
from data_utils import get_generators

tr, va = get_generators('pollen', 96, 64, scale=1. / 255)
net = keras.Sequential([keras.Input((96, 96, 3))])
for f in (32, 64, 128):
    net.add(keras.layers.Conv2D(f, 3, padding='same', activation='relu'))
    net.add(keras.layers.BatchNormalization())
    net.add(keras.layers.MaxPooling2D())
net.add(keras.layers.GlobalAveragePooling2D())
net.add(keras.layers.Dense(tr.num_classes, activation='softmax'))
net.compile('adam', 'categorical_crossentropy', metrics=['accuracy', 'f1_score'])
net.fit(tr, validation_data=va, epochs=30, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=3)])
