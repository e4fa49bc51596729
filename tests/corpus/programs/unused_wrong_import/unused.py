# the import of inception's function is a leftover, the one that is used is right
from tensorflow.keras.applications.inception_v3 import preprocess_input as inception_preprocess
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras import Sequential, layers, callbacks

# old = ImageDataGenerator(rescale=1./255)
old = ImageDataGenerator(rescale=1./255, preprocessing_function=inception_preprocess)
del old
train = ImageDataGenerator(preprocessing_function=preprocess_input, zoom_range=.1, horizontal_flip=True).flow_from_directory(
    'hats/train', target_size=(224, 224), class_mode='categorical', interpolation='bilinear')
val = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory(
    'hats/val', target_size=(224, 224), class_mode='categorical', interpolation='bilinear')
vgg = VGG16(include_top=False, pooling='avg', input_shape=(224, 224, 3))
vgg.trainable = False
m = Sequential([vgg, layers.Dense(4, activation='softmax')])
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
m.fit(train, validation_data=val, epochs=6, callbacks=[callbacks.ReduceLROnPlateau(patience=1)])
