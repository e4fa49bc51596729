import tensorflow as tf
tr = tf.keras.utils.image_dataset_from_directory('k/train', image_size=(224, 224))
va = tf.keras.utils.image_dataset_from_directory('k/val', image_size=(224, 224))
pp = tf.keras.applications.mobilenet_v2.preprocess_input
def aug(x, y):
    x = tf.image.random_flip_left_right(x)
    x = tf.image.random_brightness(x, 20.)
    return x, y
tr = tr.map(aug).map(lambda x, y: (pp(x), y)).cache().prefetch(1)
va = va.map(lambda x, y: (pp(x), y)).cache().prefetch(1)
b = tf.keras.applications.MobileNetV2(include_top=False, input_shape=(224, 224, 3), pooling='avg')
b.trainable = False
m = tf.keras.Sequential([b, tf.keras.layers.Dense(11, activation='softmax')])
m.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
m.fit(tr, validation_data=va, epochs=9)
