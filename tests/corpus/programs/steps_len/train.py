from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras import Model, layers

BS = 32
a = ImageDataGenerator(preprocessing_function=preprocess_input, zoom_range=0.2).flow_from_directory('d/train', target_size=(224, 224), batch_size=BS)
b = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory('d/val', target_size=(224, 224), batch_size=BS)
v = VGG16(include_top=False, input_shape=(224, 224, 3), pooling='avg')
v.trainable = False
m = Model(v.inputs, layers.Dense(a.num_classes, activation='softmax')(v.output))
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
m.fit(a, steps_per_epoch=len(a) // BS, validation_data=b, validation_steps=len(b) // BS, epochs=20)
