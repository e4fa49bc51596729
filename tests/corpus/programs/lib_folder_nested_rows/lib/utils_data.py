import os
import cv2
import numpy as np

CATEGORIES = ['a', 'b', 'c']


def load_folder(path, size):
    data = []
    for category in CATEGORIES:
        label = CATEGORIES.index(category)
        for img in os.listdir(os.path.join(path, category)):
            try:
                arr = cv2.imread(os.path.join(path, category, img))
                arr = cv2.resize(arr, (size, size))
                data.append([arr, label])
            except Exception as e:
                pass
    x = np.array([d[0] for d in data]).astype('float32') / 255
    y = np.array([d[1] for d in data])
    return x, y
