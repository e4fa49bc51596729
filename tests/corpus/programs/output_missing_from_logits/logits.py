import tensorflow as tf
import tensorflow.keras as tfk

BATCH_SIZE = 32
IMG_SIZE = (224, 224)
train = tfk.utils.image_dataset_from_directory('shapes/train', shuffle=True, batch_size=BATCH_SIZE, image_size=IMG_SIZE)
val = tfk.utils.image_dataset_from_directory('shapes/val', shuffle=True, batch_size=BATCH_SIZE, image_size=IMG_SIZE)

inputs = tfk.Input(shape=IMG_SIZE + (3,))
x = tfk.layers.RandomRotation(0.2)(inputs)
x = tfk.applications.vgg19.preprocess_input(x)
base = tfk.applications.VGG19(include_top=False, weights='imagenet', input_shape=IMG_SIZE + (3,))
base.trainable = False
x = tfk.layers.GlobalAveragePooling2D()(base(x, training=False))
outputs = tfk.layers.Dense(6)(x)
model = tfk.Model(inputs, outputs)
model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
model.fit(train, validation_data=val, epochs=10)
