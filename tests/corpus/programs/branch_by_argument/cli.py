import argparse
from tensorflow.keras import Sequential, layers, optimizers, callbacks
from tensorflow.keras.preprocessing.image import ImageDataGenerator

ap = argparse.ArgumentParser()
ap.add_argument('data')
ap.add_argument('--net', choices=['vgg', 'mobilenet'], default='vgg')
ap.add_argument('--batch', type=int, default=32)
ns = ap.parse_args()

if ns.net == 'vgg':
    from tensorflow.keras.applications.vgg16 import VGG16 as Net, preprocess_input
else:
    from tensorflow.keras.applications.mobilenet_v2 import MobileNetV2 as Net, preprocess_input

flow = dict(target_size=(224, 224), batch_size=ns.batch, class_mode='sparse', interpolation='bilinear')
train = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True).flow_from_directory(ns.data + '/train', **flow)
valid = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory(ns.data + '/valid', **flow)
body = Net(include_top=False, weights='imagenet', pooling='avg', input_shape=(224, 224, 3))
body.trainable = False
model = Sequential([body, layers.Dense(train.num_classes, activation='softmax')])
model.compile(optimizer=optimizers.Adam(1e-3), loss='sparse_categorical_crossentropy', metrics=['accuracy'])
model.fit(train, validation_data=valid, epochs=10, callbacks=[callbacks.ReduceLROnPlateau(patience=2)])
