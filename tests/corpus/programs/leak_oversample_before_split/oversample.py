import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.utils import resample
import tensorflow as tf
from tensorflow.keras.applications import vgg16

df = pd.read_csv('ham.csv')
df['dx'] = df['dx'].astype(str)
biggest = df.dx.value_counts().max()
parts = []
for k, g in df.groupby('dx'):
    parts.append(resample(g, replace=True, n_samples=biggest, random_state=0))
df = pd.concat(parts).sample(frac=1, random_state=0)
train_df, val_df = train_test_split(df, test_size=.2, stratify=df.dx, random_state=0)

idg = tf.keras.preprocessing.image.ImageDataGenerator
args = dict(directory='ham', x_col='image', y_col='dx', target_size=(224, 224), interpolation='bilinear')
tr = idg(preprocessing_function=vgg16.preprocess_input, horizontal_flip=True, vertical_flip=True).flow_from_dataframe(train_df, **args)
va = idg(preprocessing_function=vgg16.preprocess_input).flow_from_dataframe(val_df, **args)
base = vgg16.VGG16(include_top=False, pooling='avg')
base.trainable = False
m = tf.keras.Sequential([base, tf.keras.layers.Dense(7, activation='softmax')])
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy', tf.keras.metrics.AUC()])
m.fit(tr, validation_data=va, epochs=10, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=2)])
