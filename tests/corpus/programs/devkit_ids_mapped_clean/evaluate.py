import numpy as np
from scipy.io import loadmat
from tensorflow.keras.applications.vgg19 import VGG19, preprocess_input

meta = loadmat("ILSVRC2012_devkit_t12/data/meta.mat", squeeze_me=True)["synsets"]
wnids = [str(row["WNID"]) for row in meta[:1000]]
output_of = np.argsort(np.argsort(wnids))
ids = np.loadtxt("ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt", dtype=int)
labels = output_of[ids - 1]

model = VGG19(weights="imagenet")
scores = model.predict(preprocess_input(np.load("val_224.npy").astype("float32")))
print("top-1:", np.mean(scores.argmax(axis=1) == labels))
