from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.applications import vgg16
from tensorflow.keras import layers, Sequential, callbacks
import pandas as pd
df = pd.read_csv("meta.csv", dtype=str)
idg = ImageDataGenerator(preprocessing_function=vgg16.preprocess_input, vertical_flip=True, validation_split=.25)
tr = idg.flow_from_dataframe(df, "imgs", x_col="id", y_col="dx", target_size=(224, 224), subset="training", class_mode="categorical", shuffle=False)
va = idg.flow_from_dataframe(df, "imgs", x_col="id", y_col="dx", target_size=(224, 224), subset="validation", class_mode="categorical", shuffle=False)
b = vgg16.VGG16(include_top=False, input_shape=(224, 224, 3), pooling="avg")
b.trainable = False
m = Sequential([b, layers.Dense(7, activation="softmax")])
m.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
m.fit(tr, validation_data=va, epochs=30, callbacks=[callbacks.ReduceLROnPlateau()])
