from tensorflow.keras.applications import VGG16
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras.layers import Dense, GlobalAveragePooling2D
from tensorflow.keras.models import Model
from tensorflow.keras.preprocessing.image import ImageDataGenerator
import tensorflow as tf

base_model = VGG16(weights='imagenet', include_top=False, input_shape=(224, 224, 3))
for layer in base_model.layers:
    layer.trainable == False
x = GlobalAveragePooling2D()(base_model.output)
model = Model(base_model.input, Dense(12, activation='softmax')(x))
model.compile(optimizer=tf.keras.optimizers.Adam(0.001), loss='categorical_crossentropy', metrics=['accuracy', tf.keras.metrics.Recall()])
tr = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True).flow_from_directory('fish/train', target_size=(224, 224), interpolation='bilinear')
va = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory('fish/val', target_size=(224, 224), interpolation='bilinear')
model.fit(tr, validation_data=va, epochs=9, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=2)])
