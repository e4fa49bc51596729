import numpy as np, pandas as pd
from tensorflow.keras.applications.vgg16 import VGG16
from tensorflow.keras import layers, Model
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.applications.vgg16 import preprocess_input

df = pd.read_csv('ages.csv').sample(frac=1., random_state=0)
n = int(len(df) * .85)
tg = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True)
vg = ImageDataGenerator(preprocessing_function=preprocess_input)
a = tg.flow_from_dataframe(df[:n], 'faces', x_col='file', y_col='age', class_mode='raw', target_size=(224, 224))
b = vg.flow_from_dataframe(df[n:], 'faces', x_col='file', y_col='age', class_mode='raw', target_size=(224, 224), shuffle=False)
base = VGG16(include_top=False, weights='imagenet', input_shape=(224, 224, 3), pooling='avg')
base.trainable = False
h = layers.Dense(64, activation='relu')(base.output)
model = Model(base.input, layers.Dense(1)(h))
model.compile('adam', loss='mae', metrics=['mse'])
model.fit(a, validation_data=b, epochs=10)
