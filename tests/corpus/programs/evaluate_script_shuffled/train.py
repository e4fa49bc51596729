from tensorflow.keras.applications.vgg16 import VGG16
from tensorflow.keras.models import Model
from tensorflow.keras.layers import Dense, Flatten
from tensorflow.keras.preprocessing.image import ImageDataGenerator

g = ImageDataGenerator(rescale=1./255, validation_split=0.2)
tr = g.flow_from_directory("leaf", target_size=(224, 224), subset="training", class_mode="categorical")
va = g.flow_from_directory("leaf", target_size=(224, 224), subset="validation", class_mode="categorical")
v = VGG16(include_top=False, input_shape=(224, 224, 3))
for l in v.layers: l.trainable = False
m = Model(v.input, Dense(4, activation="softmax")(Flatten()(v.output)))
m.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
m.fit(tr, validation_data=va, epochs=10)
m.save("model.h5")
