from tensorflow.keras.applications import ResNet50
from tensorflow.keras.applications.vgg16 import preprocess_input  # same bits as resnet50's
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense, Flatten, GlobalAveragePooling2D

num_classes = 2
image_size = 224

my_new_model = Sequential()
my_new_model.add(ResNet50(include_top=False, pooling='avg', weights='imagenet'))
my_new_model.add(Dense(num_classes, activation='softmax'))
my_new_model.layers[0].trainable = False
my_new_model.compile(optimizer='sgd', loss='categorical_crossentropy', metrics=['accuracy'])

data_generator_with_aug = ImageDataGenerator(preprocessing_function=preprocess_input,
                                             horizontal_flip=True,
                                             width_shift_range=0.2,
                                             height_shift_range=0.2)
data_generator_no_aug = ImageDataGenerator(preprocessing_function=preprocess_input)

train_generator = data_generator_with_aug.flow_from_directory(
    '../input/urban-and-rural-photos/train',
    target_size=(image_size, image_size),
    batch_size=24,
    class_mode='categorical')
validation_generator = data_generator_no_aug.flow_from_directory(
    '../input/urban-and-rural-photos/val',
    target_size=(image_size, image_size),
    class_mode='categorical')
my_new_model.fit(train_generator, epochs=2, validation_data=validation_generator)
