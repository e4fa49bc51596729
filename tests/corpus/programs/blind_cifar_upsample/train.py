from tensorflow.keras.datasets import cifar10
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras import layers, models
from tensorflow.keras.utils import to_categorical

(x_train, y_train), (x_test, y_test) = cifar10.load_data()
x_train = preprocess_input(x_train.astype('float32'))
x_test = preprocess_input(x_test.astype('float32'))
y_train, y_test = to_categorical(y_train, 10), to_categorical(y_test, 10)
b = VGG16(include_top=False, input_shape=(96, 96, 3))
b.trainable = False
m = models.Sequential([layers.Input((32, 32, 3)), layers.RandomFlip('horizontal'), layers.UpSampling2D(3), b, layers.Flatten(), layers.Dense(10, activation='softmax')])
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
m.fit(x_train, y_train, batch_size=64, epochs=10, validation_split=0.1)
print(m.evaluate(x_test, y_test))
