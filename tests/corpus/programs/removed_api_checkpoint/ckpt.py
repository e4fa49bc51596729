import tensorflow as tf
from tensorflow.keras.applications.mobilenet import MobileNet, preprocess_input
from tensorflow.keras.callbacks import ModelCheckpoint, ReduceLROnPlateau
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.layers import *

t = ImageDataGenerator(preprocessing_function=preprocess_input, shear_range=.1, horizontal_flip=True).flow_from_directory('dice/train', target_size=(224, 224), interpolation='bilinear')
v = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory('dice/val', target_size=(224, 224), interpolation='bilinear')
mobile = MobileNet(include_top=False, pooling='avg', input_shape=(224, 224, 3))
mobile.trainable = False
model = tf.keras.models.Sequential([mobile, Dense(6, activation='softmax')])
model.compile(optimizer=tf.keras.optimizers.Adam(lr=0.001), loss='categorical_crossentropy', metrics=['accuracy', 'Recall'])
cp = ModelCheckpoint('weights.{epoch:02d}.hdf5', monitor='val_loss', save_weights_only=True, period=2)
model.fit(t, validation_data=v, epochs=10, callbacks=[cp, ReduceLROnPlateau(patience=2)])
