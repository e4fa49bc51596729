from keras.applications import VGG16, ResNet50, InceptionV3, imagenet_utils
from keras.layers import Dense, GlobalAveragePooling2D, RandomFlip, Input
from keras.models import Model
from keras.callbacks import ReduceLROnPlateau
import keras

SIZE = 224
train = keras.utils.image_dataset_from_directory('bolts/train', image_size=(SIZE, SIZE), label_mode='categorical')
valid = keras.utils.image_dataset_from_directory('bolts/valid', image_size=(SIZE, SIZE), label_mode='categorical')
train = train.map(lambda a, b: (imagenet_utils.preprocess_input(a), b))
valid = valid.map(lambda a, b: (imagenet_utils.preprocess_input(a), b))

for Net in [VGG16, ResNet50, InceptionV3]:
    inp = Input((SIZE, SIZE, 3))
    net = Net(include_top=False, weights='imagenet', input_tensor=inp)
    net.trainable = False
    y = Dense(2, activation='softmax')(GlobalAveragePooling2D()(net.output))
    model = Model(inp, y)
    model.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
    model.fit(train, validation_data=valid, epochs=3, callbacks=[ReduceLROnPlateau()])
