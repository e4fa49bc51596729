import tensorflow as tf
L = tf.keras.layers
tr = tf.keras.preprocessing.image.ImageDataGenerator(preprocessing_function=tf.keras.applications.vgg16.preprocess_input, horizontal_flip=True, rotation_range=8)
te = tf.keras.preprocessing.image.ImageDataGenerator(preprocessing_function=tf.keras.applications.vgg16.preprocess_input)
a = tr.flow_from_directory('cells/a', target_size=(64, 64), class_mode='categorical', interpolation='bilinear')
b = te.flow_from_directory('cells/b', target_size=(64, 64), class_mode='categorical', interpolation='bilinear')
v = tf.keras.applications.VGG16(include_top=False, input_shape=(64, 64, 3), pooling='avg')
v.trainable = False
model = tf.keras.models.Sequential([v, L.Dense(128, 'relu'), L.Dense(8, activation='relu')])
model.compile('adam', loss=tf.keras.losses.CategoricalCrossentropy(), metrics=['accuracy', tf.keras.metrics.AUC()])
model.fit(a, epochs=10, validation_data=b, callbacks=tf.keras.callbacks.ReduceLROnPlateau(patience=2))
