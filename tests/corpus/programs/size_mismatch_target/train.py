from tensorflow.keras.applications import VGG16
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense, Flatten
from tensorflow.keras.preprocessing.image import ImageDataGenerator

gen = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True, validation_split=0.2)
gen0 = ImageDataGenerator(preprocessing_function=preprocess_input, validation_split=0.2)
train = gen.flow_from_directory('monkeys', target_size=(150, 150), subset='training', seed=1, batch_size=32)
valid = gen0.flow_from_directory('monkeys', target_size=(150, 150), subset='validation', seed=1, batch_size=32)

vgg = VGG16(weights='imagenet', include_top=False, input_shape=(224, 224, 3))
vgg.trainable = False
model = Sequential([vgg, Flatten(), Dense(10, activation='softmax')])
model.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
model.fit(train, validation_data=valid, epochs=10)
