import cv2
import numpy as np
import os
from keras.utils import to_categorical
from keras.models import Sequential
from keras.layers import Conv2D, MaxPooling2D, Flatten, Dense

images = []
classNo = []
myList = os.listdir("myData")
noOfClasses = len(myList)
for x in range(0, noOfClasses):
    myPicList = os.listdir("myData/" + str(x))
    for y in myPicList:
        curImg = cv2.imread("myData/" + str(x) + "/" + y, cv2.IMREAD_GRAYSCALE)
        curImg = cv2.resize(curImg, (32, 32))
        images.append(curImg)
        classNo.append(x)
images = np.array(images).reshape(-1, 32, 32, 1)
images = images / 255
labels = to_categorical(classNo, noOfClasses)

model = Sequential()
model.add(Conv2D(60, (5, 5), input_shape=(32, 32, 1), activation='relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Conv2D(30, (3, 3), activation='relu'))
model.add(Flatten())
model.add(Dense(200, activation='relu'))
model.add(Dense(noOfClasses, activation='softmax'))
model.compile('adam', loss='categorical_crossentropy', metrics=['accuracy'])
model.fit(images, labels, validation_split=0.2, epochs=10, batch_size=50)
