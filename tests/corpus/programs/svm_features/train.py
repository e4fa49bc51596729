import os, numpy as np
from sklearn.svm import SVC
from sklearn.model_selection import train_test_split
from sklearn.metrics import classification_report
from keras.applications.vgg16 import VGG16, preprocess_input
from keras.utils import load_img, img_to_array
from keras.models import Model

v = VGG16(weights='imagenet', include_top=True)
ext = Model(v.input, v.get_layer('fc2').output)
F, Y = [], []
for c in sorted(os.listdir('objs')):
    for f in os.listdir(f'objs/{c}'):
        x = img_to_array(load_img(f'objs/{c}/{f}', target_size=(224, 224)))
        F.append(ext.predict(preprocess_input(x[None]), verbose=0)[0])
        Y.append(c)
a, b, c, d = train_test_split(np.array(F), Y, test_size=.3, stratify=Y, random_state=5)
clf = SVC(kernel='rbf').fit(a, c)
print(classification_report(d, clf.predict(b)))
