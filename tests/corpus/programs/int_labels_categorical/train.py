import numpy as np
from sklearn.preprocessing import LabelEncoder
from sklearn.model_selection import train_test_split
from keras.applications.vgg16 import VGG16, preprocess_input
from keras import layers, Model
from keras.utils import load_img, img_to_array
import glob, os
P = glob.glob('toys/*/*.jpg')
X = preprocess_input(np.array([img_to_array(load_img(p, target_size=(96, 96))) for p in P]))
Y = LabelEncoder().fit_transform([os.path.basename(os.path.dirname(p)) for p in P])
a, b, c, d = train_test_split(X, Y, test_size=.2, random_state=3)
v = VGG16(include_top=False, input_shape=(96, 96, 3), pooling='avg')
v.trainable = False
m = Model(v.input, layers.Dense(6, activation='softmax')(v.output))
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
m.fit(a, c, validation_data=(b, d), epochs=9)
