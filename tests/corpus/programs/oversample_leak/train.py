import numpy as np
from imblearn.over_sampling import RandomOverSampler
from sklearn.model_selection import train_test_split
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras import layers, Sequential
from tensorflow.keras.utils import to_categorical

X = np.load('X.npy')
y = np.load('y.npy')
ros = RandomOverSampler(random_state=42)
Xr, yr = ros.fit_resample(X.reshape(len(X), -1), y)
Xr = Xr.reshape(-1, 96, 96, 3)
X_train, X_test, y_train, y_test = train_test_split(Xr, yr, test_size=0.2, random_state=42)
X_train, X_test = preprocess_input(X_train.astype('float32')), preprocess_input(X_test.astype('float32'))
base = VGG16(include_top=False, weights='imagenet', input_shape=(96, 96, 3))
base.trainable = False
model = Sequential([base, layers.Flatten(), layers.Dense(128, activation='relu'), layers.Dropout(.5), layers.Dense(7, activation='softmax')])
model.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
model.fit(X_train, to_categorical(y_train, 7), validation_data=(X_test, to_categorical(y_test, 7)), epochs=25, batch_size=64)
