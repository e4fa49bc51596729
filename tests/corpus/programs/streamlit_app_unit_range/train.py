from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.layers import Dense, GlobalAveragePooling2D, Dropout
from tensorflow.keras.models import Model

gen = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True, rotation_range=30)
ev = ImageDataGenerator(preprocessing_function=preprocess_input)
tr = gen.flow_from_directory('apple/train', target_size=(224, 224), batch_size=32, classes=['healthy', 'rust', 'scab'])
va = ev.flow_from_directory('apple/val', target_size=(224, 224), batch_size=32, classes=['healthy', 'rust', 'scab'])
b = VGG16(include_top=False, weights='imagenet', input_shape=(224, 224, 3))
b.trainable = False
x = Dropout(0.5)(GlobalAveragePooling2D()(b.output))
m = Model(b.input, Dense(3, activation='softmax')(x))
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
m.fit(tr, validation_data=va, epochs=15)
m.save('weights/final.h5')
