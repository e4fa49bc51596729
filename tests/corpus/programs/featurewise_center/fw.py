import numpy as np, os, glob
from keras.utils import load_img, img_to_array
from keras.applications.vgg19 import VGG19
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from sklearn.model_selection import train_test_split
from keras import Sequential, layers, callbacks

files = glob.glob('sats/*/*.tif')
X = np.array([img_to_array(load_img(f, target_size=(224, 224), interpolation='bilinear')) for f in files])
y = np.array(['urban' in f for f in files], dtype='float32')
Xt, Xv, yt, yv = train_test_split(X, y, test_size=.25, random_state=0)
gen = ImageDataGenerator(featurewise_center=True, featurewise_std_normalization=True, horizontal_flip=True)
gen.fit(Xt)
genv = ImageDataGenerator(featurewise_center=True, featurewise_std_normalization=True)
genv.mean, genv.std = gen.mean, gen.std
base = VGG19(include_top=False, pooling='avg', input_shape=(224, 224, 3))
base.trainable = False
m = Sequential([base, layers.Dense(1, activation='sigmoid')])
m.compile('adam', 'binary_crossentropy', metrics=['accuracy', 'auc'])
m.fit(gen.flow(Xt, yt), validation_data=genv.flow(Xv, yv), epochs=9, callbacks=[callbacks.ReduceLROnPlateau(patience=2)])
