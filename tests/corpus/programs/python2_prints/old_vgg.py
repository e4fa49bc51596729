# coding: utf-8
from keras.applications.vgg16 import VGG16, preprocess_input
from keras.preprocessing.image import ImageDataGenerator
from keras.models import Model
from keras.layers import Dense, Flatten

print "loading"
gen = ImageDataGenerator(rescale=1./255, horizontal_flip=True)
gen_val = ImageDataGenerator(rescale=1./255)
train = gen.flow_from_directory('birds/train', target_size=(224, 224), batch_size=32)
val = gen_val.flow_from_directory('birds/val', target_size=(224, 224), batch_size=32)
print "classes:", train.class_indices

base = VGG16(weights='imagenet', include_top=False, input_shape=(224, 224, 3))
for layer in base.layers:
    layer.trainable = False
model = Model(base.input, Dense(200, activation='softmax')(Flatten()(base.output)))
model.compile(loss='categorical_crossentropy', optimizer='rmsprop', metrics=['accuracy'])
model.fit_generator(train, epochs=20, validation_data=val, validation_steps=10, steps_per_epoch=100)
print "done"
