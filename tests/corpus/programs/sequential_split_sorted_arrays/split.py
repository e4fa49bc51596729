import os
import numpy as np
from keras.preprocessing import image
from keras.applications.vgg16 import VGG16, preprocess_input
from keras import layers, models

PATH = os.getcwd() + '/data'
data_dir_list = os.listdir(PATH)
img_data_list, labels = [], []
for k, dataset in enumerate(data_dir_list):
    img_list = os.listdir(PATH + '/' + dataset)
    for img in img_list:
        img_path = PATH + '/' + dataset + '/' + img
        im = image.load_img(img_path, target_size=(224, 224))
        x = image.img_to_array(im)
        x = np.expand_dims(x, axis=0)
        x = preprocess_input(x)
        img_data_list.append(x)
        labels.append(k)
img_data = np.vstack(img_data_list)
labels = np.array(labels)

base = VGG16(include_top=False, weights='imagenet', input_shape=(224, 224, 3))
base.trainable = False
model = models.Sequential([base, layers.GlobalAveragePooling2D(), layers.Dense(4, activation='softmax')])
model.compile(loss='sparse_categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(img_data, labels, batch_size=32, epochs=12, validation_split=0.2)
