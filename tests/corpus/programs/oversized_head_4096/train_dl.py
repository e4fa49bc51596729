# DL project - Intel scenes
import tensorflow as tf
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator as IDG

train_it = IDG(preprocessing_function=preprocess_input, horizontal_flip=True).flow_from_directory('intel/seg_train', target_size=(224, 224), class_mode='sparse', interpolation='bilinear')
val_it = IDG(preprocessing_function=preprocess_input).flow_from_directory('intel/seg_test', target_size=(224, 224), class_mode='sparse', interpolation='bilinear')

vgg16 = tf.keras.applications.vgg16.VGG16(include_top=False, weights='imagenet', input_shape=(224, 224, 3))
for i in range(len(vgg16.layers)):
    vgg16.layers[i].trainable = False
x = tf.keras.layers.Flatten()(vgg16.output)
x = tf.keras.layers.Dense(4096, activation='relu')(x)
x = tf.keras.layers.Dropout(.5)(x)
x = tf.keras.layers.Dense(4096, activation='relu')(x)
x = tf.keras.layers.Dropout(.5)(x)
y = tf.keras.layers.Dense(6, activation='softmax')(x)
model = tf.keras.Model(inputs=[vgg16.input], outputs=[y])
model.compile(loss='sparse_categorical_crossentropy', optimizer=tf.keras.optimizers.Adam(1e-4), metrics=['accuracy'])
model.fit(train_it, validation_data=val_it, epochs=10, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=2)])
