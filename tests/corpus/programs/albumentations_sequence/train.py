import cv2, math
import numpy as np
import albumentations as A
import tensorflow as tf
from sklearn.model_selection import train_test_split
import pandas as pd

df = pd.read_csv('train.csv')
tr_df, va_df = train_test_split(df, test_size=.2, random_state=1, stratify=df.label)

class Loader(tf.keras.utils.Sequence):
    def __init__(self, frame, bs=32, train=False):
        super().__init__()
        self.f, self.bs, self.train = frame.reset_index(drop=True), bs, train
        self.tf = A.Compose([A.HorizontalFlip(p=.5), A.RandomBrightnessContrast(p=.2), A.Normalize()]) if train else A.Compose([A.Normalize()])
        self.on_epoch_end()

    def __len__(self):
        return math.ceil(len(self.f) / self.bs)

    def on_epoch_end(self):
        if self.train:
            self.f = self.f.sample(frac=1).reset_index(drop=True)

    def __getitem__(self, i):
        rows = self.f.iloc[i * self.bs:(i + 1) * self.bs]
        x = []
        for p in rows.path:
            im = cv2.cvtColor(cv2.imread(p), cv2.COLOR_BGR2RGB)
            im = cv2.resize(im, (224, 224), interpolation=cv2.INTER_AREA)
            x.append(self.tf(image=im)['image'])
        return np.stack(x), rows.label.values

base = tf.keras.applications.VGG16(include_top=False, input_shape=(224, 224, 3), pooling='avg')
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(5, 'softmax')])
model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
model.fit(Loader(tr_df, train=True), validation_data=Loader(va_df), epochs=10)
