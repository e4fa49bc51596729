import numpy as np
import tensorflow as tf
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Input, Dense, Dropout
from tensorflow.keras.models import Model
from sklearn.metrics import classification_report

BS = 50
flow = tf.keras.preprocessing.image.ImageDataGenerator(preprocessing_function=preprocess_input)
cnn = VGG16(include_top=False, pooling='avg', input_shape=(224, 224, 3))


def features(part):
    it = flow.flow_from_directory('lego/' + part, target_size=(224, 224), batch_size=BS, class_mode='sparse', shuffle=False, interpolation='bilinear')
    return cnn.predict(it, verbose=1), it.classes


xa, ya = features('train')
xb, yb = features('val')
xc, yc = features('test')
i = Input(shape=(512,))
o = Dense(16, activation='softmax')(Dropout(.3)(Dense(128, activation='relu')(i)))
clf = Model(i, o)
clf.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
clf.fit(xa, ya, validation_data=(xb, yb), epochs=40, batch_size=64, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=3)])
print(classification_report(yc, clf.predict(xc).argmax(1)))
