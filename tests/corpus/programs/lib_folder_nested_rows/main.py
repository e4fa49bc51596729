import os, sys
sys.path.append(os.path.join(os.path.dirname(__file__), 'lib'))
from utils_data import *
from utils_model import get_model

IMG_SIZE = 128
x_train, y_train = load_folder('data/train', IMG_SIZE)
x_test, y_test = load_folder('data/test', IMG_SIZE)
model = get_model((IMG_SIZE, IMG_SIZE, 3), len(CATEGORIES))
model.fit(x_train, y_train, epochs=10, batch_size=32, validation_split=0.1)
print(model.evaluate(x_test, y_test))
