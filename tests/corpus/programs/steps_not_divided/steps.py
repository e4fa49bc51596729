from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.applications import xception
import tensorflow as tf

W = H = 299
tr = ImageDataGenerator(preprocessing_function=xception.preprocess_input, horizontal_flip=True).flow_from_directory('cocoa/train', target_size=(W, H), batch_size=32, interpolation='bilinear')
va = ImageDataGenerator(preprocessing_function=xception.preprocess_input).flow_from_directory('cocoa/val', target_size=(W, H), batch_size=32, interpolation='bilinear')
b = xception.Xception(include_top=False, pooling='avg')
b.trainable = False
model = tf.keras.Sequential([b, tf.keras.layers.Dense(4, activation='softmax')])
model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy', tf.keras.metrics.AUC()])
model.fit(tr, steps_per_epoch=tr.samples, validation_data=va, validation_steps=va.samples, epochs=5,
          callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=2)])
