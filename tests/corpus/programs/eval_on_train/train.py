import numpy as np
from keras.applications.vgg16 import VGG16, preprocess_input
from keras.utils import image_dataset_from_directory
from keras import Model, layers
import tensorflow as tf

raw = image_dataset_from_directory('leaf', image_size=(224, 224), batch_size=32, seed=9)
ds = raw.map(lambda x, y: (preprocess_input(x), y))
b = VGG16(include_top=False, weights='imagenet', input_shape=(224, 224, 3), pooling='avg')
b.trainable = False
m = Model(b.input, layers.Dense(len(raw.class_names), activation='softmax')(b.output))
m.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
m.fit(ds, epochs=10)
test_loss, test_acc = m.evaluate(ds)
print('Test accuracy: %.3f' % test_acc)
