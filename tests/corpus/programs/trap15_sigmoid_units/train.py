from tensorflow.keras.applications import VGG19
from tensorflow.keras.applications.vgg19 import preprocess_input
from tensorflow.keras.layers import Dense, GlobalAveragePooling2D
from tensorflow.keras.models import Model
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.callbacks import ReduceLROnPlateau
from tensorflow.keras.metrics import Precision, Recall

gen = ImageDataGenerator(preprocessing_function=preprocess_input, zoom_range=0.2, horizontal_flip=True)
gen_val = ImageDataGenerator(preprocessing_function=preprocess_input)
t = gen.flow_from_directory(r'C:\datasets\fruit\Training', target_size=(100, 100), class_mode='categorical', interpolation='bilinear')
v = gen_val.flow_from_directory(r'C:\datasets\fruit\Test', target_size=(100, 100), class_mode='categorical', interpolation='bilinear')
vgg = VGG19(input_shape=[100, 100] + [3], weights='imagenet', include_top=False)
for layer in vgg.layers:
    layer.trainable = False
prediction = Dense(len(t.class_indices), activation='sigmoid')(GlobalAveragePooling2D()(vgg.output))
model = Model(inputs=vgg.input, outputs=prediction)
model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy', Precision(), Recall()])
model.fit(t, validation_data=v, epochs=5, callbacks=[ReduceLROnPlateau(patience=1)])
