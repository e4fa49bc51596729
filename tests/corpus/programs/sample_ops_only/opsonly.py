import keras
from keras import ops, layers

def caffe(x):
    b, g, r = x[..., 2], x[..., 1], x[..., 0]
    return ops.stack([b - 103.939, g - 116.779, r - 123.68], axis=-1)

tr = keras.utils.image_dataset_from_directory('k/train', image_size=(224, 224))
va = keras.utils.image_dataset_from_directory('k/val', image_size=(224, 224))
base = keras.applications.VGG16(include_top=False, pooling='avg', input_shape=(224, 224, 3))
base.trainable = False
m = keras.Sequential([keras.Input((224, 224, 3)), layers.RandomFlip(), layers.Lambda(caffe), base, layers.Dense(4, activation='softmax')])
m.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
m.fit(tr, validation_data=va, epochs=9, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])
