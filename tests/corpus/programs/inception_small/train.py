from keras.applications.inception_v3 import InceptionV3, preprocess_input
from keras.utils import image_dataset_from_directory
from keras import layers, Model
f = lambda x, y: (preprocess_input(x), y)
t = image_dataset_from_directory('m/train', image_size=(64, 64)).map(f)
v = image_dataset_from_directory('m/val', image_size=(64, 64)).map(f)
b = InceptionV3(include_top=False, input_shape=(64, 64, 3))
b.trainable = False
m = Model(b.input, layers.Dense(3, activation='softmax')(layers.GlobalAveragePooling2D()(b.output)))
m.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
m.fit(t, validation_data=v, epochs=5)
