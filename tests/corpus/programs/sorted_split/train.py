import os
import numpy as np
from PIL import Image
from tensorflow.keras.utils import to_categorical
from tensorflow.keras.applications import VGG16
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras import layers, models

classes = ['glass', 'metal', 'paper', 'plastic']
xs, ys = [], []
for idx, c in enumerate(classes):
    for fname in os.listdir(os.path.join('trash', c)):
        img = Image.open(os.path.join('trash', c, fname)).convert('RGB').resize((128, 128))
        xs.append(np.asarray(img, dtype=np.float32))
        ys.append(idx)
x = preprocess_input(np.stack(xs))
y = to_categorical(ys, num_classes=len(classes))

base = VGG16(include_top=False, weights='imagenet', input_shape=(128, 128, 3))
base.trainable = False
model = models.Sequential([base, layers.GlobalAveragePooling2D(), layers.Dense(4, activation='softmax')])
model.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
model.fit(x, y, batch_size=32, epochs=20, validation_split=0.2)
