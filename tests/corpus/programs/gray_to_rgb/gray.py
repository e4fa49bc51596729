import tensorflow as tf
from tensorflow.keras import layers, applications

tr = tf.keras.utils.image_dataset_from_directory('xr/train', color_mode='grayscale', image_size=(224, 224), label_mode='binary')
va = tf.keras.utils.image_dataset_from_directory('xr/val', color_mode='grayscale', image_size=(224, 224), label_mode='binary')
i = layers.Input((224, 224, 1))
x = layers.RandomTranslation(.05, .05)(i)
x = layers.Concatenate()([x, x, x])
x = applications.vgg16.preprocess_input(x)
b = applications.VGG16(include_top=False, pooling='avg')
b.trainable = False
m = tf.keras.Model(i, layers.Dense(1, activation='sigmoid')(b(x)))
m.compile('adam', 'binary_crossentropy', metrics=['accuracy', tf.keras.metrics.AUC()])
m.fit(tr, validation_data=va, epochs=9, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=2)])
