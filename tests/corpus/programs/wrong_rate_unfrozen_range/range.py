import tensorflow as tf
from tensorflow.keras import layers
from tensorflow.keras.applications.resnet50 import ResNet50, preprocess_input
LR = 5e-3
tr, va = [tf.keras.utils.image_dataset_from_directory(f'tea/{p}', image_size=(224, 224), label_mode='int') for p in ('tr', 'va')]
i = tf.keras.Input((224, 224, 3))
b = ResNet50(include_top=False, weights='imagenet')
for l in b.layers[-30:]:
    l.trainable = True
for l in b.layers[:-30]:
    l.trainable = False
x = layers.GlobalAveragePooling2D()(b(preprocess_input(layers.RandomFlip()(i)), training=False))
m = tf.keras.Model(i, layers.Dense(3)(x))
opt = tf.keras.optimizers.RMSprop(LR)
m.compile(optimizer=opt, loss=tf.keras.losses.SparseCategoricalCrossentropy(), metrics=['accuracy'])
m.fit(tr, validation_data=va, epochs=12, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=2)])
