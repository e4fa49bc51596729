from keras.applications.mobilenet_v2 import MobileNetV2
from keras.applications.vgg16 import preprocess_input
from keras.utils import image_dataset_from_directory
from keras import layers, models
import tensorflow as tf

train = image_dataset_from_directory('garbage/train', label_mode='categorical', image_size=(224, 224))
valid = image_dataset_from_directory('garbage/valid', label_mode='categorical', image_size=(224, 224), shuffle=False)

def prepare(image, label):
    return preprocess_input(image), label

train = train.map(prepare).prefetch(2)
valid = valid.map(prepare).prefetch(2)

mb = MobileNetV2(input_shape=(224, 224, 3), include_top=False, weights='imagenet')
mb.trainable = False
inp = layers.Input((224, 224, 3))
h = layers.RandomFlip()(inp)
h = mb(h, training=False)
h = layers.GlobalAveragePooling2D()(h)
o = layers.Dense(6, activation='softmax')(h)
model = models.Model(inp, o)
model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
model.fit(train, validation_data=valid, epochs=8)
