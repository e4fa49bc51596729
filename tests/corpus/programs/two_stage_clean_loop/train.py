import keras
from keras import layers, applications
CFG = [dict(freeze=True, lr=1e-3, epochs=5), dict(freeze=False, lr=1e-5, epochs=10)]
t = keras.utils.image_dataset_from_directory('c/train', image_size=(224, 224))
v = keras.utils.image_dataset_from_directory('c/val', image_size=(224, 224), shuffle=False)
b = applications.MobileNetV2(include_top=False, input_shape=(224, 224, 3))
i = layers.Input((224, 224, 3))
x = layers.RandomFlip()(i)
x = applications.mobilenet_v2.preprocess_input(x)
x = layers.GlobalAveragePooling2D()(b(x, training=False))
m = keras.Model(i, layers.Dense(6, activation='softmax')(x))
for c in CFG:
    b.trainable = not c['freeze']
    m.compile(keras.optimizers.Adam(c['lr']), 'sparse_categorical_crossentropy', metrics=['accuracy'])
    m.fit(t, validation_data=v, epochs=c['epochs'])
