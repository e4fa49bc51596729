import tensorflow as tf
from tensorflow.keras import mixed_precision
mixed_precision.set_global_policy('mixed_float16')

AUTO = tf.data.AUTOTUNE
tr = tf.keras.utils.image_dataset_from_directory('wheat/train', image_size=(256, 256), label_mode='categorical').prefetch(AUTO)
va = tf.keras.utils.image_dataset_from_directory('wheat/val', image_size=(256, 256), label_mode='categorical').prefetch(AUTO)
inputs = tf.keras.Input((256, 256, 3))
x = tf.keras.layers.RandomRotation(0.2)(tf.keras.layers.RandomFlip()(inputs))
base = tf.keras.applications.EfficientNetB3(include_top=False, weights='imagenet', pooling='avg')
base.trainable = False
x = base(x, training=False)
outputs = tf.keras.layers.Dense(8, activation='softmax')(x)
model = tf.keras.Model(inputs, outputs)
model.compile('adam', 'categorical_crossentropy', ['accuracy', tf.keras.metrics.F1Score(average='macro')])
model.fit(tr, validation_data=va, epochs=20, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=2)])
