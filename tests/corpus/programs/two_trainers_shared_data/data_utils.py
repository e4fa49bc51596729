import os
from tensorflow.keras.preprocessing.image import ImageDataGenerator


def get_generators(root, size, batch_size, prep=None, scale=None):
    train = ImageDataGenerator(preprocessing_function=prep, rescale=scale, rotation_range=10, horizontal_flip=True)
    valid = ImageDataGenerator(preprocessing_function=prep, rescale=scale)
    args = {'target_size': (size, size), 'batch_size': batch_size, 'class_mode': 'categorical', 'interpolation': 'bilinear'}
    return (train.flow_from_directory(os.path.join(root, 'train'), **args),
            valid.flow_from_directory(os.path.join(root, 'val'), shuffle=False, **args))
