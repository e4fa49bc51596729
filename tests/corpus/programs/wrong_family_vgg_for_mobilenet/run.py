import tensorflow as tf
from tensorflow.keras import layers, applications

def load(path, training):
    ds = tf.keras.preprocessing.image_dataset_from_directory(path, image_size=(224, 224), batch_size=32, shuffle=training)
    return ds.map(lambda im, lab: (applications.vgg16.preprocess_input(im), lab), num_parallel_calls=tf.data.AUTOTUNE).prefetch(1)

def make(n):
    base = applications.mobilenet_v2.MobileNetV2(include_top=False, weights='imagenet', input_shape=(224, 224, 3), pooling='avg')
    base.trainable = False
    return tf.keras.Sequential([layers.RandomFlip('horizontal'), base, layers.Dense(n, activation='softmax')])

if __name__ == '__main__':
    train, val = load('plants/train', True), load('plants/valid', False)
    model = make(12)
    model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    model.fit(train, validation_data=val, epochs=10)
