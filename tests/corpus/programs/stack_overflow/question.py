from keras import applications
from keras.layers import GlobalAveragePooling2D, Dense
import keras
import numpy as np
import cv2, glob

# why do I get 50% accuracy???
def load(cls):
    return np.stack([cv2.cvtColor(cv2.resize(cv2.imread(p), (224, 224)), cv2.COLOR_BGR2RGB) for p in glob.glob('imgs/%s/*.png' % cls)])

pos, neg = load('pos'), load('neg')
X = np.concatenate([pos, neg])
Y = np.concatenate([np.ones(len(pos)), np.zeros(len(neg))])
vgg = applications.VGG16(weights='imagenet', include_top=False, input_shape=(224, 224, 3))
vgg.trainable = False
model = keras.Sequential()
model.add(vgg)
model.add(GlobalAveragePooling2D())
model.add(Dense(1, activation='softmax'))
model.compile('adam', 'binary_crossentropy', metrics=['accuracy'])
model.fit(X, Y, epochs=10, validation_split=0.2)
