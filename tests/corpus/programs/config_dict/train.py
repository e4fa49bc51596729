"""Train a skin lesion classifier."""
import argparse
from tensorflow.keras import applications, layers, Model, optimizers
from tensorflow.keras.preprocessing.image import ImageDataGenerator

CFG = {
    'backbone': 'VGG16',
    'size': 224,
    'classes': 7,
    'optimizer': {'name': 'adam', 'lr': 0.001},
    'epochs': 30,
}
OPT = {'adam': optimizers.Adam, 'sgd': optimizers.SGD, 'rmsprop': optimizers.RMSprop}


def build(cfg):
    cls = getattr(applications, cfg['backbone'])
    base = cls(include_top=False, weights='imagenet', input_shape=(cfg['size'], cfg['size'], 3), pooling='avg')
    x = layers.Dense(256, activation='relu')(base.output)
    x = layers.Dropout(0.4)(x)
    y = layers.Dense(cfg['classes'], activation='softmax')(x)
    model = Model(base.input, y)
    opt = OPT[cfg['optimizer']['name']](learning_rate=cfg['optimizer']['lr'])
    model.compile(opt, loss='categorical_crossentropy', metrics=['accuracy', 'AUC'])
    return model


def loaders(cfg, root):
    pp = applications.vgg16.preprocess_input
    tr = ImageDataGenerator(preprocessing_function=pp, horizontal_flip=True, vertical_flip=True, rotation_range=90)
    ev = ImageDataGenerator(preprocessing_function=pp)
    size = (cfg['size'],) * 2
    return (tr.flow_from_directory(f'{root}/train', target_size=size, batch_size=32),
            ev.flow_from_directory(f'{root}/val', target_size=size, batch_size=32, shuffle=False))


def main():
    p = argparse.ArgumentParser()
    p.add_argument('--root', default='ham10000')
    args = p.parse_args()
    model = build(CFG)
    train, val = loaders(CFG, args.root)
    model.fit(train, validation_data=val, epochs=CFG['epochs'])
    model.save_weights('ham.weights.h5')


if __name__ == '__main__':
    main()
