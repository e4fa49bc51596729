import os, cv2, numpy as np
from glob import glob
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder
from tensorflow.keras.applications import ResNet50
from tensorflow.keras.layers import Dense, Dropout, GlobalAveragePooling2D
from tensorflow.keras.models import Sequential

SIZE = 224
images, names = [], []
for folder in sorted(glob('breeds/*')):
    for f in glob(folder + '/*.jpg'):
        im = cv2.imread(f)
        if im is None:
            continue
        im = cv2.resize(im, (SIZE, SIZE))
        images.append(im)
        names.append(os.path.basename(folder))

X = np.array(images, dtype='float32') / 255.0
enc = LabelEncoder()
y = enc.fit_transform(names)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=7)
X_train, X_val, y_train, y_val = train_test_split(X_train, y_train, test_size=0.1, stratify=y_train, random_state=7)

base = ResNet50(include_top=False, weights='imagenet', input_shape=(SIZE, SIZE, 3))
base.trainable = False
model = Sequential([base, GlobalAveragePooling2D(), Dropout(0.2), Dense(len(enc.classes_), activation='softmax')])
model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
model.fit(X_train, y_train, validation_data=(X_val, y_val), epochs=10, batch_size=32)
print(model.evaluate(X_test, y_test))
