import keras
from keras.applications.vgg16 import VGG16
from data_utils import get_generators

tr, va = get_generators('pollen', 224, 32, scale=1. / 255)
vgg = VGG16(include_top=False, input_shape=(224, 224, 3), pooling='avg')
vgg.trainable = False
net = keras.Sequential([vgg, keras.layers.Dense(tr.num_classes, activation='softmax')])
net.compile('adam', 'categorical_crossentropy', metrics=['accuracy', 'f1_score'])
net.fit(tr, validation_data=va, epochs=30, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=3)])
