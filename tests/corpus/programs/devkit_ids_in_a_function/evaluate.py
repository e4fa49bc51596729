"""Top-1 and top-5 of VGG16 on the validation pictures of ILSVRC2012."""
import argparse
import glob
import os

import numpy as np
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.preprocessing import image


def load_truth(devkit):
    path = os.path.join(devkit, "data", "ILSVRC2012_validation_ground_truth.txt")
    with open(path) as f:
        return np.array([int(line.strip()) for line in f.readlines()]) - 1


def load(path):
    picture = image.load_img(path, target_size=(224, 224), interpolation="bilinear")
    return preprocess_input(image.img_to_array(picture))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pictures", default="val")
    parser.add_argument("--devkit", default="ILSVRC2012_devkit_t12")
    args = parser.parse_args()
    truth = load_truth(args.devkit)
    paths = sorted(glob.glob(os.path.join(args.pictures, "*.JPEG")))
    model = VGG16(weights="imagenet", include_top=True)
    top1 = top5 = 0
    for start in range(0, len(paths), 100):
        batch = np.stack([load(path) for path in paths[start:start + 100]])
        scores = model.predict(batch)
        for i in range(len(batch)):
            label = truth[start + i]
            top1 += int(np.argmax(scores[i]) == label)
            top5 += int(label in np.argsort(scores[i])[-5:])
    print("top-1", top1 / len(paths), "top-5", top5 / len(paths))


if __name__ == "__main__":
    main()
