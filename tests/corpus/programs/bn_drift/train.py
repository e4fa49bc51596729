import tensorflow as tf
tr = tf.keras.utils.image_dataset_from_directory('k/train', image_size=(224, 224), batch_size=4)
va = tf.keras.utils.image_dataset_from_directory('k/val', image_size=(224, 224), batch_size=4)
b = tf.keras.applications.ResNet50(include_top=False, input_shape=(224, 224, 3))
b.trainable = True
for l in b.layers[:-20]:
    l.trainable = False
i = tf.keras.Input((224, 224, 3))
x = tf.keras.layers.RandomFlip()(i)
x = tf.keras.applications.resnet50.preprocess_input(x)
x = b(x)
x = tf.keras.layers.GlobalAveragePooling2D()(x)
m = tf.keras.Model(i, tf.keras.layers.Dense(7, activation='softmax')(x))
m.compile(tf.keras.optimizers.Adam(1e-5), 'sparse_categorical_crossentropy', metrics=['accuracy'])
m.fit(tr, validation_data=va, epochs=9)
