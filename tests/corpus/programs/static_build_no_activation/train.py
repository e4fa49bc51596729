from keras.models import Model
from keras.layers import Input, Conv2D, MaxPooling2D, Dense, Flatten, Activation, BatchNormalization, Dropout
from keras.optimizers import Adam
from tensorflow.keras.preprocessing.image import ImageDataGenerator

class SmallVGG:
    @staticmethod
    def build(width, height, depth, classes):
        i = Input((height, width, depth))
        x = i
        for f, reps in ((32, 1), (64, 2), (128, 2)):
            for _ in range(reps):
                x = Conv2D(f, (3, 3), padding="same")(x)
                x = Activation("relu")(x)
                x = BatchNormalization()(x)
            x = MaxPooling2D()(x)
            x = Dropout(0.25)(x)
        x = Flatten()(x)
        x = Activation("relu")(Dense(256)(x))
        x = Dropout(.5)(x)
        x = Dense(classes)(x)
        return Model(i, x)
model = SmallVGG.build(96, 96, 3, 5)
model.compile(loss="categorical_crossentropy", optimizer=Adam(1e-3), metrics=["accuracy"])
aug = ImageDataGenerator(rescale=1/255., rotation_range=25, horizontal_flip=True)
tr = aug.flow_from_directory("poke/train", target_size=(96, 96), batch_size=32)
va = ImageDataGenerator(rescale=1/255.).flow_from_directory("poke/val", target_size=(96, 96), batch_size=32)
model.fit(tr, validation_data=va, epochs=75)
