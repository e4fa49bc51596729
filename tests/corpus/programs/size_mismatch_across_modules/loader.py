import keras
from settings import DATA, IMG_HEIGHT, IMG_WIDTH, BATCH


def load(which):
    return keras.utils.image_dataset_from_directory(
        DATA[which], image_size=(IMG_HEIGHT, IMG_WIDTH), batch_size=BATCH, label_mode="categorical")
