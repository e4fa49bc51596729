import pandas as pd
import tensorflow as tf
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input

df = pd.read_csv('faces/ages.csv')
df = df.sample(frac=1, random_state=3)
cut = int(len(df) * .85)
aug = tf.keras.preprocessing.image.ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True)
noaug = tf.keras.preprocessing.image.ImageDataGenerator(preprocessing_function=preprocess_input)
a = aug.flow_from_dataframe(df[:cut], 'faces', x_col='file', y_col='age', class_mode='raw', target_size=(224, 224), interpolation='lanczos')
b = noaug.flow_from_dataframe(df[cut:], 'faces', x_col='file', y_col='age', class_mode='raw', target_size=(224, 224), interpolation='lanczos', shuffle=False)
base = VGG16(include_top=False, pooling='avg', input_shape=(224, 224, 3))
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(64, 'relu'), tf.keras.layers.Dense(1)])
model.compile('adam', 'mse', metrics=['mae'])
model.fit(a, validation_data=b, epochs=30, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=4)])
