import numpy as np
from flask import Flask, request, jsonify
from tensorflow.keras.models import load_model
from tensorflow.keras.preprocessing import image
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense, GlobalAveragePooling2D
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator
app = Flask(__name__)
def train():
    g = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True)
    b = VGG16(include_top=False, input_shape=(224, 224, 3)); b.trainable = False
    m = Sequential([b, GlobalAveragePooling2D(), Dense(4, activation="softmax")])
    m.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    m.fit(g.flow_from_directory("bins/train", (224, 224)), validation_data=ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory("bins/val", (224, 224)), epochs=5)
    m.save("bins.h5")
def model_predict(path, model):
    img = image.load_img(path, target_size=(224, 224))
    x = image.img_to_array(img)
    x = x / 255
    x = np.expand_dims(x, axis=0)
    return model.predict(x)
@app.route("/predict", methods=["POST"])
def upload():
    f = request.files["file"]; f.save("tmp.jpg")
    return jsonify(model_predict("tmp.jpg", load_model("bins.h5")).tolist())
if __name__ == "__main__":
    train(); app.run()
