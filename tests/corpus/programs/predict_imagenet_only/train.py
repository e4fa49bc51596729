import numpy as np
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input, decode_predictions
from tensorflow.keras.preprocessing.image import load_img, img_to_array
import sys
model = VGG16()
for p in sys.argv[1:]:
    x = preprocess_input(np.expand_dims(img_to_array(load_img(p, target_size=(224, 224))), 0))
    for _, name, prob in decode_predictions(model.predict(x), top=5)[0]:
        print(f"{p}: {name} {prob:.1%}")
