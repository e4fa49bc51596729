from tensorflow.keras.applications.mobilenet import MobileNet, preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras import layers, Model
from tensorflow.keras.optimizers import Adam
t = ImageDataGenerator(preprocessing_function=preprocess_input, rotation_range=5).flow_from_directory('f/train', target_size=(224, 224))
v = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory('f/val', target_size=(224, 224))
b = MobileNet(include_top=False, weights='imagenet', input_shape=(224, 224, 3))
for l in b.layers[:-23]:
    l.trainable = False
x = layers.GlobalAveragePooling2D()(b.output)
x = layers.Dense(7, activation='relu')(x)
m = Model(b.input, x)
m.compile(Adam(learning_rate=1e-5), 'categorical_crossentropy', metrics=['accuracy'])
m.fit(t, validation_data=v, epochs=10)
