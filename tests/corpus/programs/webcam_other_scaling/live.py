import cv2, numpy as np
from keras.models import load_model
from keras.applications.vgg16 import preprocess_input
net = load_model("weights/mask.h5")
cap = cv2.VideoCapture(0)
while True:
    ok, frame = cap.read()
    face = cv2.resize(frame, (128, 128))
    face = face.astype("float32") / 255.0
    p = net.predict(np.expand_dims(face, 0))
    cv2.imshow("x", frame)
