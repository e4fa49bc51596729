from keras.applications.vgg16 import VGG16
from keras.preprocessing.image import ImageDataGenerator
from keras.models import Sequential
from keras.layers import Dense, Flatten
print "loading"
base = VGG16(weights='imagenet', include_top=False, input_shape=(150, 150, 3))
model = Sequential()
for layer in base.layers:
    layer.trainable = False
    model.add(layer)
model.add(Flatten())
model.add(Dense(256, activation='relu'))
model.add(Dense(1, activation='sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='rmsprop', metrics=['accuracy'])
train = ImageDataGenerator(rescale=1./255).flow_from_directory('data/train', target_size=(150, 150), class_mode='binary')
val = ImageDataGenerator(rescale=1./255).flow_from_directory('data/val', target_size=(150, 150), class_mode='binary')
hist = model.fit_generator(train, steps_per_epoch=100, epochs=5, validation_data=val, validation_steps=20)
print "acc %.3f" % hist.history['acc'][-1]
