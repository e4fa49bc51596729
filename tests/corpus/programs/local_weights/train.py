from tensorflow.keras.applications import VGG16, InceptionV3
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras import layers, Model

W = '../input/keras-pretrained-models/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5'
b = VGG16(include_top=False, weights=None, input_shape=(224, 224, 3))
b.load_weights(W)
b.trainable = False
tr = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True).flow_from_directory('../input/x/train', target_size=(224, 224))
va = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory('../input/x/val', target_size=(224, 224))
m = Model(b.input, layers.Dense(5, activation='softmax')(layers.GlobalAveragePooling2D()(b.output)))
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
m.fit(tr, validation_data=va, epochs=5)
