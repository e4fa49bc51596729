import tensorflow as tf
from tensorflow.keras.layers import Lambda, Input, Dense, GlobalAveragePooling2D, Dropout
from tensorflow.keras.models import Model

tr = tf.keras.utils.image_dataset_from_directory('tires/train', image_size=(224, 224), label_mode='binary')
va = tf.keras.utils.image_dataset_from_directory('tires/val', image_size=(224, 224), label_mode='binary')
inp = Input(shape=(224, 224, 3))
x = tf.keras.layers.RandomFlip('horizontal')(inp)
x = Lambda(lambda t: t / 255.0)(x)
base = tf.keras.applications.VGG19(include_top=False, weights='imagenet')
base.trainable = False
x = base(x)
x = GlobalAveragePooling2D()(x)
x = Dropout(0.2)(x)
out = Dense(1, activation='sigmoid')(x)
model = Model(inp, out)
model.compile(tf.keras.optimizers.Adam(), tf.keras.losses.BinaryCrossentropy(), metrics=['accuracy', tf.keras.metrics.AUC()])
model.fit(tr, validation_data=va, epochs=12, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=2)])
