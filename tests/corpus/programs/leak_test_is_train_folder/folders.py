import os
import tensorflow as tf
from tensorflow.keras.applications.vgg19 import VGG19, preprocess_input

base_dir = os.path.join('..', 'input', 'masks')
train_dir = os.path.join(base_dir, 'Train')
test_dir = os.path.join(base_dir, 'Train')
aug = tf.keras.preprocessing.image.ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True)
plain = tf.keras.preprocessing.image.ImageDataGenerator(preprocessing_function=preprocess_input)
train = aug.flow_from_directory(train_dir, target_size=(128, 128), class_mode='categorical', batch_size=32, interpolation='bilinear')
val = plain.flow_from_directory(os.path.join(base_dir, 'Validation'), target_size=(128, 128), class_mode='categorical', batch_size=32, interpolation='bilinear')
test = plain.flow_from_directory(test_dir, target_size=(128, 128), class_mode='categorical', batch_size=32, interpolation='bilinear', shuffle=False)
vgg19 = VGG19(weights='imagenet', include_top=False, input_shape=(128, 128, 3))
for layer in vgg19.layers:
    layer.trainable = False
model = tf.keras.Sequential([vgg19, tf.keras.layers.Flatten(), tf.keras.layers.Dense(2, activation='sigmoid')])
model.compile(optimizer='adam', loss='binary_crossentropy', metrics=['accuracy', tf.keras.metrics.Precision()])
model.fit(train, validation_data=val, epochs=20, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=2)])
print('test', model.evaluate(test))
