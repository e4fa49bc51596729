import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, top_k_accuracy_score
from keras.applications import resnet50

truth = pd.read_csv("ILSVRC2012_validation_ground_truth.txt", header=None, names=["id"])
y = truth["id"].values - 1
x = resnet50.preprocess_input(np.load("val_224.npy", mmap_mode="r")[:5000].astype("float32"))

net = resnet50.ResNet50()
p = net.predict(x, batch_size=64)
print("top 1:", accuracy_score(y[:5000], p.argmax(axis=-1)))
print("top 5:", top_k_accuracy_score(y[:5000], p, k=5, labels=np.arange(1000)))
