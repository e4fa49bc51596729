import tensorflow as tf
from tensorflow.keras import layers as L, Model

class Gen(tf.keras.utils.PyDataset):
    def __init__(self, rows, bs, **kw):
        super().__init__(**kw)
        self.rows, self.bs = rows, bs
    def __len__(self):
        return len(self.rows) // self.bs
    def __getitem__(self, k):
        import numpy as np
        part = self.rows[k * self.bs:(k + 1) * self.bs]
        x = np.stack([tf.keras.utils.img_to_array(tf.keras.utils.load_img(r[0], target_size=(224, 224))) for r in part])
        x = tf.keras.applications.vgg16.preprocess_input(x)
        return x, {'box': np.array([r[1] for r in part]), 'cls': np.array([r[2] for r in part])}

import json, random
rows = json.load(open('ann.json'))
random.Random(0).shuffle(rows)
b = tf.keras.applications.VGG16(include_top=False, input_shape=(224, 224, 3))
b.trainable = False
f = L.Flatten()(b.output)
box = L.Dense(4, activation='sigmoid', name='box')(L.Dense(128, activation='relu')(f))
cls = L.Dense(1, activation='sigmoid', name='cls')(L.Dense(128, activation='relu')(f))
m = Model(b.input, {'box': box, 'cls': cls})
m.compile(optimizer='adam', loss={'box': 'mse', 'cls': 'binary_crossentropy'}, metrics={'cls': 'accuracy'})
m.fit(Gen(rows[:800], 16), validation_data=Gen(rows[800:], 16), epochs=10)
