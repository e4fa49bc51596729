from functools import partial
import tensorflow as tf
import tensorflow.keras as K

preprocess = {'vgg16': K.applications.vgg16.preprocess_input, 'dense': K.applications.densenet.preprocess_input}
nets = {'vgg16': K.applications.VGG16, 'dense': K.applications.DenseNet169}
MODEL = 'dense'

def parse(path, label, size):
    im = tf.io.decode_png(tf.io.read_file(path), channels=3)
    im = tf.cast(tf.image.resize(im, (size, size)), tf.float32)
    return preprocess[MODEL](im / 255.0), label

def pipeline(csv, size=224, train=True):
    import pandas as pd
    df = pd.read_csv(csv)
    d = tf.data.Dataset.from_tensor_slices((df['path'].values, df['label'].values))
    d = d.shuffle(len(df)) if train else d
    return d.map(partial(parse, size=size), num_parallel_calls=4).batch(16).prefetch(1)

core = nets[MODEL](include_top=False, input_shape=(224, 224, 3), pooling='avg')
core.trainable = False
model = K.Sequential([core, K.layers.Dropout(.2), K.layers.Dense(1, activation='sigmoid')])
model.compile(optimizer=K.optimizers.Adam(), loss=K.losses.BinaryCrossentropy(), metrics=[K.metrics.AUC(), 'accuracy'])
model.fit(pipeline('train.csv'), validation_data=pipeline('val.csv', train=False), epochs=6)
