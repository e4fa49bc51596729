from keras.applications.vgg16 import VGG16, preprocess_input
from keras.layers import Flatten, Dense, GlobalAveragePooling2D
from keras.models import Model
from keras.optimizers import Adam
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from keras.callbacks import ReduceLROnPlateau

vgg = VGG16(include_top=True, weights='imagenet')
transfer_layer = vgg.get_layer('block5_pool')
conv_model = Model(inputs=vgg.input, outputs=transfer_layer.output)
for layer in conv_model.layers:
    layer.trainable = False
x = GlobalAveragePooling2D()(conv_model.output)
new = Model(conv_model.input, Dense(3, activation='softmax')(x))
new.compile(optimizer=Adam(1e-3), loss='categorical_crossentropy', metrics=['categorical_accuracy'])
g = ImageDataGenerator(preprocessing_function=preprocess_input, rotation_range=180)
tr = g.flow_from_directory('knifey/train', target_size=vgg.input_shape[1:3], batch_size=20, interpolation='bilinear')
va = g.flow_from_directory('knifey/test', target_size=vgg.input_shape[1:3], batch_size=20, interpolation='bilinear')
new.fit(tr, validation_data=va, epochs=20, callbacks=[ReduceLROnPlateau(patience=4)])
