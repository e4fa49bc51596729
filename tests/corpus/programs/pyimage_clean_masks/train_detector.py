"""Clean: MobileNetV2 with its own preprocess_input, frozen base, augmentation on the training rows only."""
import argparse

import numpy as np
from imutils import paths
from sklearn.metrics import classification_report
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelBinarizer
from tensorflow.keras.applications import MobileNetV2
from tensorflow.keras.applications.mobilenet_v2 import preprocess_input
from tensorflow.keras.callbacks import ReduceLROnPlateau
from tensorflow.keras.layers import AveragePooling2D, Dense, Dropout, Flatten, Input
from tensorflow.keras.models import Model
from tensorflow.keras.optimizers import Adam
from tensorflow.keras.preprocessing.image import ImageDataGenerator, img_to_array, load_img
from tensorflow.keras.utils import to_categorical

parser = argparse.ArgumentParser()
parser.add_argument("--dataset", default="dataset")
parser.add_argument("--lr", type=float, default=1e-4)
parser.add_argument("--epochs", type=int, default=20)
parser.add_argument("--batch-size", type=int, default=32)
opts = parser.parse_args()

data, labels = [], []
for p in sorted(paths.list_images(opts.dataset)):
    img = load_img(p, target_size=(224, 224), interpolation="bilinear")
    data.append(preprocess_input(img_to_array(img)))
    labels.append(p.split("/")[-2])
data = np.array(data, dtype="float32")
encoder = LabelBinarizer()
labels = to_categorical(encoder.fit_transform(np.array(labels)))
trainX, restX, trainY, restY = train_test_split(data, labels, test_size=0.3, stratify=labels, random_state=1)
valX, testX, valY, testY = train_test_split(restX, restY, test_size=0.5, stratify=restY, random_state=1)

aug = ImageDataGenerator(rotation_range=20, zoom_range=0.15, width_shift_range=0.2,
                         height_shift_range=0.2, shear_range=0.15, horizontal_flip=True)

base = MobileNetV2(weights="imagenet", include_top=False, input_tensor=Input(shape=(224, 224, 3)))
head = AveragePooling2D(pool_size=(7, 7))(base.output)
head = Flatten()(head)
head = Dense(128, activation="relu")(head)
head = Dropout(0.5)(head)
head = Dense(2, activation="softmax")(head)
model = Model(inputs=base.input, outputs=head)
for layer in base.layers:
    layer.trainable = False
model.compile(loss="binary_crossentropy", optimizer=Adam(learning_rate=opts.lr), metrics=["accuracy"])
model.fit(aug.flow(trainX, trainY, batch_size=opts.batch_size),
          validation_data=(valX, valY), epochs=opts.epochs,
          callbacks=[ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=3)])
pred = model.predict(testX).argmax(axis=1)
print(classification_report(testY.argmax(axis=1), pred, target_names=encoder.classes_))
