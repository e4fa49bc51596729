import tensorflow as tf
from tensorflow.keras import mixed_precision, layers
mixed_precision.set_global_policy('mixed_float16')

train = tf.keras.utils.image_dataset_from_directory('food/train', image_size=(224, 224), batch_size=64)
test = tf.keras.utils.image_dataset_from_directory('food/test', image_size=(224, 224), batch_size=64, shuffle=False)
base = tf.keras.applications.EfficientNetB0(include_top=False)
base.trainable = False
inputs = layers.Input((224, 224, 3))
x = layers.RandomFlip('horizontal')(inputs)
x = base(x, training=False)
x = layers.GlobalAveragePooling2D()(x)
outputs = layers.Dense(101, activation='softmax')(x)
model = tf.keras.Model(inputs, outputs)
model.compile(loss='sparse_categorical_crossentropy', optimizer=tf.keras.optimizers.Adam(), metrics=['accuracy'])
model.fit(train, epochs=3, validation_data=test, validation_steps=int(0.15 * len(test)))
