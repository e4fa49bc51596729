import keras
from keras.applications.inception_v3 import InceptionV3, preprocess_input
from keras.optimizers import Adam
tr = keras.utils.image_dataset_from_directory('ok_nok/train', image_size=(299, 299), label_mode='binary')
va = keras.utils.image_dataset_from_directory('ok_nok/val', image_size=(299, 299), label_mode='binary')
prep = lambda x, y: (preprocess_input(x), y)
i = keras.Input((299, 299, 3))
x = keras.layers.RandomRotation(.05)(i)
base = InceptionV3(include_top=False, pooling='avg')
base.trainable = False
y = keras.layers.Dense(1)(base(x, training=False))
m = keras.Model(i, y)
m.compile(Adam(1e-3), loss='binary_crossentropy', metrics=['accuracy'])
m.fit(tr.map(prep), validation_data=va.map(prep), epochs=9, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])
