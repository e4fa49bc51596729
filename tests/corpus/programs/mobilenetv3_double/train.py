import tensorflow as tf
tr = tf.keras.utils.image_dataset_from_directory('h/train', image_size=(224, 224), label_mode='binary')
va = tf.keras.utils.image_dataset_from_directory('h/val', image_size=(224, 224), label_mode='binary', shuffle=False)
norm = tf.keras.layers.Rescaling(1./127.5, offset=-1)
b = tf.keras.applications.MobileNetV3Large(include_top=False, input_shape=(224, 224, 3), pooling='avg')
b.trainable = False
i = tf.keras.Input((224, 224, 3))
x = tf.keras.layers.RandomRotation(.1)(i)
x = norm(x)
x = b(x, training=False)
m = tf.keras.Model(i, tf.keras.layers.Dense(1, activation='sigmoid')(x))
m.compile('adam', 'binary_crossentropy', metrics=['accuracy'])
m.fit(tr, validation_data=va, epochs=5)
