from tensorflow.keras import layers, models, optimizers
from tensorflow.keras.applications import VGG16, ResNet50

BACKBONES = {'vgg16': VGG16, 'resnet50': ResNet50}


def make_model(cfg):
    base = BACKBONES[cfg['model']['backbone']](weights='imagenet', include_top=False, input_shape=(*cfg['data']['image_size'], 3))
    base.trainable = False
    m = models.Sequential([base, layers.GlobalAveragePooling2D(), layers.Dropout(cfg['model']['dropout']),
                           layers.Dense(cfg['model']['num_classes'], activation='softmax')])
    m.compile(optimizer=optimizers.Adam(learning_rate=cfg['train']['lr']), loss='categorical_crossentropy', metrics=['accuracy'])
    return m
