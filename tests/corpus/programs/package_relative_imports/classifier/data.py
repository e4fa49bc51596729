from keras.utils import image_dataset_from_directory

from . import constants as k


def make_data(kind="train"):
    ds = image_dataset_from_directory(k.ROOT / kind, image_size=k.SIZE, batch_size=k.BATCH, label_mode=k.LABELS)
    return ds if kind == "train" else ds.prefetch(2)
