import tensorflow as tf
from tensorflow.keras.applications.vgg16 import *
from tensorflow.keras.applications.mobilenet_v2 import *  # noqa: this one wins preprocess_input

vgg = VGG16(include_top=False, weights='imagenet', input_shape=(224, 224, 3), pooling='avg')
vgg.trainable = False
a = tf.keras.preprocessing.image.ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True)
b = tf.keras.preprocessing.image.ImageDataGenerator(preprocessing_function=preprocess_input)
tr = a.flow_from_directory('ties/train', target_size=(224, 224), interpolation='bilinear')
va = b.flow_from_directory('ties/val', target_size=(224, 224), interpolation='bilinear')
m = tf.keras.Sequential([vgg, tf.keras.layers.Dense(tr.num_classes, activation='softmax')])
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy', tf.keras.metrics.Recall()])
m.fit(tr, validation_data=va, epochs=6, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=1)])
