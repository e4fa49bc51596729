from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator


def make_generators(cfg):
    train_aug = ImageDataGenerator(preprocessing_function=preprocess_input, **AUGMENT)
    plain = ImageDataGenerator(preprocessing_function=preprocess_input)
    options = dict(target_size=(cfg.size, cfg.size), batch_size=cfg.batch_size, classes=cfg.classes, interpolation="bilinear")
    train = train_aug.flow_from_directory(str(cfg.root / "train"), **options)
    val = plain.flow_from_directory(str(cfg.root / "val"), shuffle=False, **options)
    test = plain.flow_from_directory(str(cfg.root / "test"), shuffle=False, **options)
    return train, val, test


AUGMENT = {"rotation_range": 20, "zoom_range": 0.15, "horizontal_flip": True, "fill_mode": "reflect"}
