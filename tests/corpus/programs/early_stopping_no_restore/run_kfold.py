import numpy as np, pandas as pd
from sklearn.model_selection import StratifiedKFold
from sklearn.metrics import f1_score
import tensorflow as tf
from tensorflow.keras.applications import densenet

frame = pd.read_csv('train.csv')
frame['label'] = frame['label'].astype(str)
fn = densenet.preprocess_input
TARGET = (224, 224)


def build():
    base = densenet.DenseNet169(include_top=False, weights='imagenet', pooling='avg', input_shape=TARGET + (3,))
    base.trainable = False
    net = tf.keras.Sequential([base, tf.keras.layers.Dropout(.2), tf.keras.layers.Dense(1, activation='sigmoid')])
    net.compile(optimizer='adam', loss='binary_crossentropy', metrics=['accuracy', tf.keras.metrics.AUC(name='auc')])
    return net


scores = []
for fold, (tr, va) in enumerate(StratifiedKFold(5, shuffle=True, random_state=0).split(frame, frame['label'])):
    idg = tf.keras.preprocessing.image.ImageDataGenerator
    a = idg(preprocessing_function=fn, horizontal_flip=True).flow_from_dataframe(
        frame.iloc[tr], 'images', x_col='id', y_col='label', target_size=TARGET, class_mode='binary', interpolation='bilinear')
    b = idg(preprocessing_function=fn).flow_from_dataframe(
        frame.iloc[va], 'images', x_col='id', y_col='label', target_size=TARGET, class_mode='binary', shuffle=False, interpolation='bilinear')
    model = build()
    model.fit(a, validation_data=b, epochs=30,
              callbacks=[tf.keras.callbacks.EarlyStopping('val_auc', mode='max', patience=4),
                         tf.keras.callbacks.ReduceLROnPlateau('val_loss', patience=2)])
    p = model.predict(b)[:, 0] > .5
    scores.append(f1_score(b.classes, p))
print(np.mean(scores))
