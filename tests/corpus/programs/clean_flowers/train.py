import pathlib
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

DATA = pathlib.Path('data') / 'flowers'
SEED, SIZE, BATCH = 123, (224, 224), 32
common = dict(validation_split=0.2, seed=SEED, image_size=SIZE, batch_size=BATCH)
train_ds = keras.utils.image_dataset_from_directory(DATA, subset='training', **common)
val_ds = keras.utils.image_dataset_from_directory(DATA, subset='validation', **common)
names = train_ds.class_names

augment = keras.Sequential([layers.RandomFlip('horizontal'), layers.RandomRotation(0.1), layers.RandomZoom(0.1)])
AUTO = tf.data.AUTOTUNE
train_ds = train_ds.map(lambda x, y: (augment(x, training=True), y), num_parallel_calls=AUTO).prefetch(AUTO)
val_ds = val_ds.cache().prefetch(AUTO)

base = keras.applications.VGG16(include_top=False, input_shape=SIZE + (3,))
base.trainable = False
inputs = keras.Input(SIZE + (3,))
x = keras.applications.vgg16.preprocess_input(inputs)
x = base(x, training=False)
x = layers.GlobalAveragePooling2D()(x)
x = layers.Dropout(0.2)(x)
outputs = layers.Dense(len(names))(x)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=['accuracy'])
model.fit(train_ds, validation_data=val_ds, epochs=15,
          callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2), keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)])
base.trainable = True
for layer in base.layers[:-4]:
    layer.trainable = False
model.compile(optimizer=keras.optimizers.Adam(1e-5), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=['accuracy'])
model.fit(train_ds, validation_data=val_ds, epochs=10)
