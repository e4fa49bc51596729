import keras
from keras import layers
from keras.applications.vgg16 import VGG16, preprocess_input

tr = keras.utils.image_dataset_from_directory('toys/train', image_size=(224, 224))
va = keras.utils.image_dataset_from_directory('toys/val', image_size=(224, 224))


def make_model(lr):
    inputs = keras.Input((224, 224, 3))
    x = layers.RandomFlip('horizontal')(inputs)
    x = preprocess_input(x)
    base = VGG16(include_top=False, weights='imagenet', input_shape=(224, 224, 3))
    for layer in base.layers[:-4]:
        layer.trainable = False
    x = base(x)
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, layers.Dense(4, activation='softmax')(x))
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=lr), loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    return model


for rate in (1e-2, 1e-5):
    model = make_model(rate)
    model.fit(tr, validation_data=va, epochs=6)
