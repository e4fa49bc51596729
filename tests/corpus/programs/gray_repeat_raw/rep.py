import tensorflow as tf

def triple(x, y):
    return tf.image.grayscale_to_rgb(x), y

kw = dict(color_mode='grayscale', image_size=(224, 224), label_mode='categorical')
tr = tf.keras.utils.image_dataset_from_directory('xr/train', **kw).map(triple)
va = tf.keras.utils.image_dataset_from_directory('xr/val', **kw).map(triple)
b = tf.keras.applications.ResNet50(include_top=False, pooling='avg', input_shape=(224, 224, 3))
b.trainable = False
m = tf.keras.Sequential([tf.keras.layers.RandomRotation(.02), b, tf.keras.layers.Dense(3, activation='softmax')])
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy', tf.keras.metrics.AUC()])
m.fit(tr, validation_data=va, epochs=9, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=2)])
