import sys
import numpy as np
from keras.models import load_model
from keras.utils import load_img, img_to_array

CLASSES = ["bad", "good"]


def predict_one(path, model):
    img = load_img(path, target_size=(224, 224), interpolation="bilinear")
    arr = img_to_array(img) / 255.0
    return CLASSES[int(model.predict(arr[None])[0, 0] > 0.5)]


if __name__ == "__main__":
    print(predict_one(sys.argv[1], load_model("apples.keras")))
