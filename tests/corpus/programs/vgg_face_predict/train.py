import cv2
import numpy as np
from keras.applications.vgg16 import VGG16, preprocess_input
from keras.preprocessing import image
from keras.models import Model, load_model
from keras.layers import Dense, Flatten
from keras.preprocessing.image import ImageDataGenerator

train_path, valid_path = "Datasets/Train", "Datasets/Test"
vgg = VGG16(input_shape=[224, 224] + [3], weights="imagenet", include_top=False)
for layer in vgg.layers:
    layer.trainable = False
x = Flatten()(vgg.output)
prediction = Dense(3, activation="softmax")(x)
model = Model(inputs=vgg.input, outputs=prediction)
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
train_datagen = ImageDataGenerator(preprocessing_function=preprocess_input, shear_range=0.2, zoom_range=0.2, horizontal_flip=True)
test_datagen = ImageDataGenerator(preprocessing_function=preprocess_input)
training_set = train_datagen.flow_from_directory(train_path, target_size=(224, 224), batch_size=32, class_mode="categorical")
test_set = test_datagen.flow_from_directory(valid_path, target_size=(224, 224), batch_size=32, class_mode="categorical")
model.fit(training_set, validation_data=test_set, epochs=5)
model.save("facefeatures.h5")

face_cascade = cv2.CascadeClassifier("haarcascade_frontalface_default.xml")
cam = cv2.VideoCapture(0)
while True:
    _, frame = cam.read()
    face = cv2.resize(frame, (224, 224))
    im = image.img_to_array(face)
    im = np.expand_dims(im, axis=0)
    im = im / 255.0
    pred = model.predict(im)
    print(pred)
    if cv2.waitKey(1) & 0xFF == ord("q"):
        break
