import keras
from keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator

nb_train_samples = 400
nb_validation_samples = 40
batch_size = 64
train = ImageDataGenerator(preprocessing_function=preprocess_input, zoom_range=.2).flow_from_directory('coins/train', target_size=(224, 224), batch_size=batch_size, class_mode='sparse')
val = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory('coins/val', target_size=(224, 224), batch_size=batch_size, class_mode='sparse')
v = VGG16(include_top=False, pooling='avg', input_shape=(224, 224, 3))
v.trainable = False
m = keras.Sequential([v, keras.layers.Dense(8, activation='softmax')])
m.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
m.fit(train, steps_per_epoch=nb_train_samples // batch_size, epochs=20,
      validation_data=val, validation_steps=nb_validation_samples // batch_size)
