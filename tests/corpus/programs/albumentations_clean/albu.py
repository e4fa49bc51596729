import albumentations as A
import cv2, glob, keras, numpy as np
from keras.applications.mobilenet_v3 import preprocess_input

light = A.Compose([A.HorizontalFlip(p=.5), A.ShiftScaleRotate(p=.5), A.RandomBrightnessContrast(p=.3)])


class Batches(keras.utils.PyDataset):
    def __init__(self, rows, tf=None, bs=32, **kw):
        super().__init__(**kw)
        self.rows, self.tf, self.bs = rows, tf, bs

    def __len__(self): return int(np.ceil(len(self.rows) / self.bs))

    def __getitem__(self, i):
        xs, ys = [], []
        for f, y in self.rows[i * self.bs:(i + 1) * self.bs]:
            im = cv2.cvtColor(cv2.imread(f), cv2.COLOR_BGR2RGB)
            im = cv2.resize(im, (224, 224), interpolation=cv2.INTER_AREA)
            if self.tf is not None:
                im = self.tf(image=im)['image']
            xs.append(im); ys.append(y)
        return preprocess_input(np.stack(xs).astype('float32')), np.array(ys)


rows = [(f, int('tumor' in f)) for f in glob.glob('scans/*/*.png')]
np.random.seed(0); np.random.shuffle(rows)
rows = [(f, int(y)) for f, y in rows]
n = int(.8 * len(rows))
base = keras.applications.MobileNetV3Large(include_top=False, pooling='avg', input_shape=(224, 224, 3))
base.trainable = False
m = keras.Sequential([base, keras.layers.Dense(1, activation='sigmoid')])
m.compile('adam', 'binary_crossentropy', metrics=['accuracy', keras.metrics.AUC()])
m.fit(Batches(rows[:n], light), validation_data=Batches(rows[n:]), epochs=10, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])
