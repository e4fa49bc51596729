import numpy as np
from keras.applications.vgg16 import VGG16, preprocess_input
from keras.utils import load_img, img_to_array
from imblearn.over_sampling import SMOTE
from sklearn.model_selection import train_test_split
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report
import glob
net = VGG16(include_top=False, pooling="avg")
def feats(p):
    a = img_to_array(load_img(p, target_size=(224, 224)))
    return net.predict(preprocess_input(a[None]), verbose=0)[0]
paths = glob.glob("cells/*/*.png")
X = np.array([feats(p) for p in paths]); y = np.array(["bad" in p for p in paths])
a, b, c, d = train_test_split(X, y, stratify=y, test_size=.3)
a, c = SMOTE().fit_resample(a, c)
clf = LogisticRegression(max_iter=2000).fit(a, c)
print(classification_report(d, clf.predict(b)))
