import keras
from keras import layers

train = keras.utils.image_dataset_from_directory('birds/train', image_size=(160, 160), batch_size=16)
val = keras.utils.image_dataset_from_directory('birds/val', image_size=(160, 160), batch_size=16)
num = 20
base = keras.applications.Xception(weights='imagenet', input_shape=(160, 160, 3), include_top=False)
base.trainable = False
i = keras.Input(shape=(160, 160, 3))
x = layers.RandomFlip('horizontal')(i)
x = layers.Rescaling(scale=1 / 127.5, offset=-1)(x)
x = base(x, training=False)
x = layers.GlobalAveragePooling2D()(x)
x = layers.Dropout(0.2)(x)
o = layers.Dense(num, activation='softmax')(x)
model = keras.Model(i, o)
model.compile(optimizer=keras.optimizers.Adam(), loss='sparse_categorical_crossentropy', metrics=['sparse_categorical_accuracy'])
model.fit(train, epochs=10, validation_data=val)

# now unfreeze the top
base.trainable = True
model.optimizer.learning_rate = 1e-5
model.fit(train, epochs=5, validation_data=val)
