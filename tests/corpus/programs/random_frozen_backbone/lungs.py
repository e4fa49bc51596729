import tensorflow as tf
from tensorflow.keras.layers import *
from tensorflow.keras.applications import *

IMG_H = IMG_W = 224
train_gen = tf.keras.preprocessing.image.ImageDataGenerator(rescale=1/255, horizontal_flip=True)
test_gen = tf.keras.preprocessing.image.ImageDataGenerator(rescale=1/255)
tr = train_gen.flow_from_directory('lungs/train', target_size=(IMG_H, IMG_W), batch_size=32)
va = test_gen.flow_from_directory('lungs/valid', target_size=(IMG_H, IMG_W), batch_size=32)
base_model = VGG16(weights=None, include_top=False, input_shape=(IMG_H, IMG_W, 3))
base_model.trainable = False
x = GlobalAveragePooling2D()(base_model.output)
x = Dense(3, activation='softmax')(x)
model = tf.keras.Model(base_model.input, x)
model.compile(optimizer=tf.keras.optimizers.Adam(), loss='categorical_crossentropy', metrics=['accuracy', tf.keras.metrics.Recall()])
model.fit(tr, epochs=10, validation_data=va, callbacks=[tf.keras.callbacks.ReduceLROnPlateau()])
