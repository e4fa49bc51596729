import json

import numpy as np
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input

with open("ILSVRC2012_validation_ground_truth.txt") as f:
    truth = [int(line) for line in f]
wnids = json.load(open("devkit_wnids.json"))
order = [sorted(wnids).index(wnid) for wnid in wnids]

model = VGG16()
scores = model.predict(preprocess_input(np.load("val_224.npy").astype("float32")))
in_devkit_order = scores[:, order]
hits = 0
for label, row in zip(truth, in_devkit_order):
    hits += label == np.argmax(row) + 1
print("top-1:", hits / len(truth))
plain = sum(int(np.argmax(scores[i][order])) == truth[i] - 1 for i in range(len(truth)))
print("again:", plain / len(truth))
