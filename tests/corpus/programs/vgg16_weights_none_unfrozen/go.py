import tensorflow as tf
from tensorflow import keras

(train, valid) = keras.utils.image_dataset_from_directory('faces', validation_split=.15, subset='both', seed=9,
                                                          image_size=(112, 112), label_mode='int', batch_size=64)
prepare = keras.Sequential([keras.layers.RandomFlip('horizontal'), keras.layers.Rescaling(1/127.5, offset=-1)])
net = keras.models.Sequential([
    keras.Input((112, 112, 3)), prepare,
    keras.applications.VGG16(include_top=False, weights=None, input_shape=(112, 112, 3)),
    keras.layers.GlobalAveragePooling2D(),
    keras.layers.Dense(7, activation='softmax')])
net.compile(keras.optimizers.Adam(1e-3), 'sparse_categorical_crossentropy', ['accuracy'])
net.fit(train, validation_data=valid, epochs=80,
        callbacks=[keras.callbacks.ReduceLROnPlateau(), keras.callbacks.TerminateOnNaN()])
