from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.applications.inception_v3 import InceptionV3, preprocess_input
from tensorflow.keras.layers import Dense, GlobalAveragePooling2D
from tensorflow.keras.models import Model

g = ImageDataGenerator(preprocessing_function=preprocess_input, width_shift_range=.1, height_shift_range=.1)
v = ImageDataGenerator(preprocessing_function=preprocess_input)
train_generator = g.flow_from_directory('hotdog/train', target_size=(299, 299), batch_size=20, class_mode='binary')
validation_generator = v.flow_from_directory('hotdog/validation', target_size=(299, 299), batch_size=20, class_mode='binary')
iv3 = InceptionV3(include_top=False, weights='imagenet')
for lay in iv3.layers: lay.trainable = False
pool = GlobalAveragePooling2D()(iv3.output)
fc = Dense(1024, activation='relu')(pool)
predictions = Dense(2, activation='softmax')(fc)
model = Model(inputs=iv3.input, outputs=predictions)
model.compile(optimizer='rmsprop', loss='categorical_crossentropy', metrics=['accuracy'])
model.fit(train_generator, epochs=10, validation_data=validation_generator)
