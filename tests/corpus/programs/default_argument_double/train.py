from tensorflow.keras.applications.vgg19 import VGG19, preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras import *
from tensorflow.keras.layers import *
def gens(aug=dict(rotation_range=20, zoom_range=.15, width_shift_range=.2, height_shift_range=.2, shear_range=.15, horizontal_flip=True)):
    g = ImageDataGenerator(**aug, rescale=1./255, preprocessing_function=preprocess_input)
    return g
tr = gens().flow_from_directory("r/train", target_size=(224, 224))
va = gens({}).flow_from_directory("r/valid", target_size=(224, 224), shuffle=False)
m = Sequential([VGG19(include_top=False, input_shape=(224, 224, 3)), GlobalAveragePooling2D(), Dense(12, activation="softmax")])
m.layers[0].trainable = False
m.compile(optimizer=optimizers.RMSprop(1e-4), loss="categorical_crossentropy", metrics=["accuracy"])
m.fit(tr, validation_data=va, epochs=12)
