import cv2, numpy as np, keras, math
class Gen(keras.utils.Sequence):
    def __init__(self, files, labels, bs=8): self.f, self.l, self.bs = files, labels, bs
    def __len__(self): return math.ceil(len(self.f) / self.bs)
    def __getitem__(self, i):
        fs = self.f[i*self.bs:(i+1)*self.bs]
        return np.array([cv2.cvtColor(cv2.resize(cv2.imread(f), (100, 100)), cv2.COLOR_BGR2RGB) / 255. for f in fs]), np.array(self.l[i*self.bs:(i+1)*self.bs])
model = keras.Sequential([keras.layers.Input((128, 128, 3)), keras.layers.Conv2D(8, 3, activation="relu"), keras.layers.Flatten(), keras.layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
import glob
files = glob.glob("x/*.png")
model.fit(Gen(files, [int("pos" in f) for f in files]), epochs=2)
