import keras
from keras import layers
tr = keras.utils.image_dataset_from_directory('k/train', image_size=(224, 224))
va = keras.utils.image_dataset_from_directory('k/val', image_size=(224, 224), shuffle=False)
b = keras.applications.DenseNet201(include_top=False, pooling='avg', input_shape=(224, 224, 3))
b.trainable = False
m = keras.Sequential([
    layers.Input((224, 224, 3)),
    layers.RandomFlip('horizontal'),
    layers.Rescaling(1 / 255),
    layers.Normalization(mean=[0.485, 0.456, 0.406], variance=[0.229 ** 2, 0.224 ** 2, 0.225 ** 2]),
    b,
    layers.Dense(9, activation='softmax'),
])
m.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
m.fit(tr, validation_data=va, epochs=5)
