from keras.applications.vgg16 import VGG16
from keras.preprocessing.image import ImageDataGenerator
from keras.layers import Input, Flatten, Dense, Dropout
from keras.models import Model
from keras.optimizers import SGD

inp = Input(shape=(224, 224, 3))
vgg = VGG16(weights='imagenet', include_top=False, input_tensor=inp)
for l in vgg.layers:
    l.trainable = False

top = Flatten()(vgg.output)
top = Dense(128, activation='relu')(top)
top = Dropout(.4)(top)
top = Dense(3, activation='softmax')(top)
net = Model(input=inp, output=top)

net.compile(SGD(lr=1e-3, momentum=.9, nesterov=True), 'categorical_crossentropy', ['accuracy'])

gen = ImageDataGenerator(horizontal_flip=True)
trn = gen.flow_from_directory('flowers/train', (224, 224), batch_size=32)
val = ImageDataGenerator().flow_from_directory('flowers/valid', (224, 224), batch_size=32)
net.fit_generator(trn, samples_per_epoch=trn.nb_sample, nb_epoch=10,
                  validation_data=val, nb_val_samples=val.nb_sample)
