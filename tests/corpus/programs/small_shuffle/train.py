import glob, os
import tensorflow as tf

paths, labels = [], []
for i, d in enumerate(sorted(glob.glob('sports/train/*'))):
    fs = glob.glob(os.path.join(d, '*.jpg'))
    paths += fs
    labels += [i] * len(fs)
N = i + 1

def parse(p, l):
    img = tf.io.decode_jpeg(tf.io.read_file(p), channels=3)
    img = tf.image.resize(img, (224, 224))
    return tf.keras.applications.vgg16.preprocess_input(img), tf.one_hot(l, N)

ds = tf.data.Dataset.from_tensor_slices((paths, labels)).map(parse, num_parallel_calls=-1).batch(32).prefetch(-1)
vp = sorted(glob.glob('sports/valid/*/*.jpg'))
names = sorted(os.listdir('sports/train'))
vl = [names.index(p.split(os.sep)[-2]) for p in vp]
vds = tf.data.Dataset.from_tensor_slices((vp, vl)).map(parse).batch(32)
b = tf.keras.applications.VGG16(include_top=False, pooling='avg', input_shape=(224, 224, 3))
b.trainable = False
model = tf.keras.Sequential([b, tf.keras.layers.Dense(N, activation='softmax')])
model.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
model.fit(ds, validation_data=vds, epochs=10)
