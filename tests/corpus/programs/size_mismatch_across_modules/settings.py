IMG_HEIGHT = 200
IMG_WIDTH = 200
CHANNELS = 3
BATCH = 16
DATA = {"train": "tea/train", "valid": "tea/valid"}
