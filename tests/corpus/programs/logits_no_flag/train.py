import tensorflow as tf
from tensorflow.keras.layers import *
prep = tf.keras.applications.vgg16.preprocess_input
def d(s):
    return tf.keras.utils.image_dataset_from_directory('o/' + s, image_size=(224, 224), label_mode='binary', shuffle=(s == 'train')).map(lambda a, b: (prep(a), b))
b = tf.keras.applications.VGG16(include_top=False, input_shape=(224, 224, 3), pooling='max')
b.trainable = False
m = tf.keras.Sequential([b, Dropout(.2), Dense(1)])
m.compile(loss='binary_crossentropy', optimizer=tf.keras.optimizers.Adam(1e-3), metrics=['accuracy'])
m.fit(d('train'), validation_data=d('val'), epochs=3)
