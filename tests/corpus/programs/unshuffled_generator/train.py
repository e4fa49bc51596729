from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras import Sequential, layers

aug = ImageDataGenerator(preprocessing_function=preprocess_input, rotation_range=10, zoom_range=.1)
train = aug.flow_from_directory('bones/train', target_size=(224, 224), batch_size=20, class_mode='binary', shuffle=False)
val = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory(
    'bones/val', target_size=(224, 224), batch_size=20, class_mode='binary', shuffle=False)
vgg = VGG16(include_top=False, pooling='avg', input_shape=(224, 224, 3))
vgg.trainable = False
model = Sequential([vgg, layers.Dense(1, activation='sigmoid')])
model.compile(optimizer='rmsprop', loss='binary_crossentropy', metrics=['accuracy'])
model.fit(train, epochs=10, validation_data=val)
