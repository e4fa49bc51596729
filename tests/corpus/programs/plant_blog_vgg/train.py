# Plant disease detection with VGG-16 (blog post, 2020)
import numpy as np
import matplotlib.pyplot as plt
import tensorflow as tf
from tensorflow.keras.preprocessing.image import ImageDataGenerator, load_img, img_to_array
train_dir = '../input/new-plant-diseases-dataset/train'
valid_dir = '../input/new-plant-diseases-dataset/valid'
batch_size, img_height, img_width = 64, 224, 224
train_gen = ImageDataGenerator(
    rescale=1./255,
    shear_range=0.2,
    zoom_range=0.2,
    fill_mode='nearest',
    horizontal_flip=True)
valid_gen = ImageDataGenerator(rescale=1./255)
training_set = train_gen.flow_from_directory(train_dir, target_size=(img_height, img_width), batch_size=batch_size, class_mode='categorical')
valid_set = valid_gen.flow_from_directory(valid_dir, target_size=(img_height, img_width), batch_size=batch_size, class_mode='categorical')
class_dict = training_set.class_indices
li = list(class_dict.keys())
train_num = training_set.samples
valid_num = valid_set.samples
base_model = tf.keras.applications.VGG16(
    weights='imagenet',
    include_top=False,
    input_shape=(img_height, img_width, 3))
base_model.trainable = False
inputs = tf.keras.Input(shape=(img_height, img_width, 3))
x = base_model(inputs, training=False)
x = tf.keras.layers.Flatten()(x)
x = tf.keras.layers.Dense(1024, activation='relu')(x)
outputs = tf.keras.layers.Dense(38, activation='softmax')(x)
model = tf.keras.Model(inputs, outputs)
model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
history = model.fit(training_set, steps_per_epoch=train_num//batch_size, validation_data=valid_set, epochs=10, validation_steps=valid_num//batch_size)
