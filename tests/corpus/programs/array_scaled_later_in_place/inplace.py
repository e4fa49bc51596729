import numpy as np
import cv2, os
from tensorflow.keras.applications.vgg16 import VGG16
from tensorflow.keras.layers import Dense, Flatten, Dropout
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder
from tensorflow.keras.callbacks import ReduceLROnPlateau


def load_images(folder):
    images, targets = [], []
    for root, _, names in os.walk(folder):
        for n in names:
            if not n.lower().endswith(('.jpg', '.png')):
                continue
            im = cv2.cvtColor(cv2.imread(os.path.join(root, n)), cv2.COLOR_BGR2RGB)
            images.append(cv2.resize(im, (128, 128)))
            targets.append(os.path.basename(root))
    return np.asarray(images, dtype=np.float32), np.asarray(targets)


X, y = load_images('coral')
y = LabelEncoder().fit_transform(y)
X /= 255
Xt, Xv, yt, yv = train_test_split(X, y, test_size=.2, random_state=3, stratify=y)
aug = ImageDataGenerator(rotation_range=10, horizontal_flip=True)
vgg = VGG16(include_top=False, input_shape=(128, 128, 3))
vgg.trainable = False
m = Sequential([vgg, Flatten(), Dropout(.5), Dense(9, activation='softmax')])
m.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
m.fit(aug.flow(Xt, yt, batch_size=32), validation_data=(Xv, yv), epochs=20, callbacks=[ReduceLROnPlateau(patience=3)])
