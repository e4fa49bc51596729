import tensorflow as tf
from tensorflow.keras import layers as L
def se(x, r=16):
    c = x.shape[-1]
    s = L.GlobalAveragePooling2D()(x)
    s = L.Dense(c // r, activation='relu')(s)
    s = L.Dense(c, activation='sigmoid')(s)
    return L.Multiply()([x, L.Reshape((1, 1, c))(s)])
t = tf.keras.utils.image_dataset_from_directory('c/train', label_mode='categorical', image_size=(224, 224))
v = tf.keras.utils.image_dataset_from_directory('c/val', label_mode='categorical', image_size=(224, 224))
b = tf.keras.applications.DenseNet121(include_top=False, input_shape=(224, 224, 3))
b.trainable = False
i = L.Input((224, 224, 3))
x = L.RandomFlip()(i)
x = tf.keras.applications.densenet.preprocess_input(x)
x = se(b(x, training=False))
x = L.GlobalAveragePooling2D()(x)
m = tf.keras.Model(i, L.Dense(6, activation='softmax')(x))
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
m.fit(t, validation_data=v, epochs=9)
