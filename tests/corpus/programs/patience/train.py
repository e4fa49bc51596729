from tensorflow.keras.applications.mobilenet import MobileNet, preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.callbacks import *
from tensorflow.keras.layers import *
from tensorflow.keras.models import Model
dg = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True)
dv = ImageDataGenerator(preprocessing_function=preprocess_input)
tr = dg.flow_from_directory("sign/train", target_size=(224, 224))
va = dv.flow_from_directory("sign/val", target_size=(224, 224))
mb = MobileNet(include_top=False, weights="imagenet", input_shape=(224, 224, 3))
mb.trainable = False
y = Dense(26, activation="softmax")(GlobalAveragePooling2D()(mb.output))
model = Model(mb.input, y)
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
callbacks = [
    ModelCheckpoint("best.h5", monitor="val_accuracy", save_best_only=True),
    EarlyStopping(monitor="val_accuracy", patience=30),
]
model.fit(tr, validation_data=va, epochs=20, callbacks=callbacks)
