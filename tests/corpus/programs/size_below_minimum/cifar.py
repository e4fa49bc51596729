from tensorflow.keras.datasets import cifar10
from tensorflow.keras.applications.inception_v3 import InceptionV3, preprocess_input
from tensorflow.keras import layers, Model, utils
(x_train, y_train), (x_test, y_test) = cifar10.load_data()
x_train = preprocess_input(x_train.astype('float32'))
x_test = preprocess_input(x_test.astype('float32'))
base = InceptionV3(weights='imagenet', include_top=False, input_shape=(32, 32, 3))
base.trainable = False
out = layers.Dense(10, activation='softmax')(layers.GlobalAveragePooling2D()(base.output))
model = Model(base.input, out)
model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
model.fit(x_train, y_train, epochs=5, validation_split=.1)
