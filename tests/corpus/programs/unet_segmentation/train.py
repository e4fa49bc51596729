import numpy as np
import tensorflow as tf
from tensorflow.keras import layers as L, Model
from tensorflow.keras.applications import VGG16

def unet(shape=(256, 256, 3)):
    inp = L.Input(shape)
    v = VGG16(include_top=False, weights='imagenet', input_tensor=tf.keras.applications.vgg16.preprocess_input(inp))
    v.trainable = False
    s = [v.get_layer(n).output for n in ('block1_conv2', 'block2_conv2', 'block3_conv3', 'block4_conv3')]
    x = v.get_layer('block5_conv3').output
    for k, f in zip(reversed(s), (512, 256, 128, 64)):
        x = L.Concatenate()([L.Conv2DTranspose(f, 2, strides=2, padding='same')(x), k])
        x = L.Conv2D(f, 3, padding='same', activation='relu')(x)
    return Model(inp, L.Conv2D(1, 1, activation='sigmoid')(x))

def load(i, m):
    img = tf.image.resize(tf.io.decode_png(tf.io.read_file(i), channels=3), (256, 256))
    mask = tf.image.resize(tf.io.decode_png(tf.io.read_file(m), channels=1), (256, 256), method='nearest')
    return img, tf.cast(mask > 127, tf.float32)

def ds(split):
    i = tf.data.Dataset.list_files(f'seg/{split}/img/*.png', shuffle=False)
    m = tf.data.Dataset.list_files(f'seg/{split}/mask/*.png', shuffle=False)
    return tf.data.Dataset.zip((i, m)).shuffle(4000).map(load).batch(8)

net = unet()
net.compile('adam', 'binary_crossentropy', metrics=[tf.keras.metrics.BinaryIoU()])
net.fit(ds('train'), validation_data=ds('val'), epochs=10)
