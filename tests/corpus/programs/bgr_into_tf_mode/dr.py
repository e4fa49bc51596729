import cv2
import numpy as np, pandas as pd
from tensorflow import keras
from tensorflow.keras.applications.inception_resnet_v2 import InceptionResNetV2, preprocess_input


class EyeSequence(keras.utils.Sequence):
    def __init__(self, df, batch_size, flip):
        super().__init__()
        self.df, self.bs, self.flip = df.reset_index(drop=True), batch_size, flip

    def __len__(self):
        return -(-len(self.df) // self.bs)

    def __getitem__(self, i):
        part = self.df.iloc[i * self.bs:(i + 1) * self.bs]
        imgs = []
        for name in part.id_code:
            im = cv2.imread(f'train_images/{name}.png')
            im = cv2.resize(im, (299, 299), interpolation=cv2.INTER_AREA)
            if self.flip and np.random.rand() > .5:
                im = cv2.flip(im, 1)
            imgs.append(im)
        x = preprocess_input(np.array(imgs, dtype='float32'))
        return x, keras.utils.to_categorical(part.diagnosis, 5)


df = pd.read_csv('train.csv').sample(frac=1.0, random_state=2020)
k = int(.8 * len(df))
net = InceptionResNetV2(include_top=False, pooling='avg', input_shape=(299, 299, 3))
net.trainable = False
model = keras.Sequential([net, keras.layers.Dense(5, activation='softmax')])
model.compile('adam', 'categorical_crossentropy', metrics=['accuracy', keras.metrics.AUC()])
model.fit(EyeSequence(df[:k], 32, True), validation_data=EyeSequence(df[k:], 32, False), epochs=10,
          callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])
