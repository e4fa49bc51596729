# about 300 thumbnails of 64 x 64: an array is fine, and it is shuffled before validation_split takes its tail
from pathlib import Path
import numpy as np
import keras
from keras import layers
from PIL import Image

files = sorted(Path('thumbs').glob('*/*.png'))[:300]
X = np.stack([np.array(Image.open(f).convert('RGB').resize((64, 64), Image.BILINEAR), dtype='float32') for f in files])
names = sorted({f.parent.name for f in files})
Y = np.array([names.index(f.parent.name) for f in files])
p = np.random.default_rng(1).permutation(len(X))
X, Y = X[p], Y[p]
model = keras.Sequential([
    layers.Input((64, 64, 3)), layers.RandomFlip('horizontal'), layers.Rescaling(1/127.5, offset=-1),
    layers.Conv2D(24, 5, activation='gelu'), layers.MaxPooling2D(4),
    layers.Conv2D(48, 3, activation='gelu'), layers.GlobalMaxPooling2D(),
    layers.Dense(len(names), activation='softmax')])
model.compile(keras.optimizers.Adam(1e-3), 'sparse_categorical_crossentropy', metrics=['accuracy'])
model.fit(X, Y, validation_split=.2, epochs=60, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=5)])
