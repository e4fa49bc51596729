import cv2, os, random
import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.metrics import classification_report
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense, Dropout, GlobalAveragePooling2D
from tensorflow.keras.models import Model
from tensorflow.keras.utils import to_categorical

CATEGORIES = ["Parasitized", "Uninfected"]
data = []
for category in CATEGORIES:
    path = os.path.join("cell_images", category)
    class_num = CATEGORIES.index(category)
    for img in os.listdir(path):
        try:
            img_array = cv2.imread(os.path.join(path, img))
            new_array = cv2.resize(img_array, (128, 128))
            data.append([new_array, class_num])
        except Exception as e:
            pass
random.shuffle(data)
X, y = [], []
for features, label in data:
    X.append(features)
    y.append(label)
X = np.array(X).reshape(-1, 128, 128, 3)
X = preprocess_input(X.astype('float32'))
y = to_categorical(y)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=0)
X_train, X_val, y_train, y_val = train_test_split(X_train, y_train, test_size=0.1, random_state=0)

vgg = VGG16(weights='imagenet', include_top=False, input_shape=(128, 128, 3))
for layer in vgg.layers:
    layer.trainable = False
x = GlobalAveragePooling2D()(vgg.output)
x = Dropout(0.3)(x)
model = Model(vgg.input, Dense(2, activation='softmax')(x))
model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
model.fit(X_train, y_train, batch_size=32, epochs=10, validation_data=(X_val, y_val))
print(classification_report(y_test.argmax(1), model.predict(X_test).argmax(1), target_names=CATEGORIES))
