import keras, numpy as np
from tensorflow.keras.preprocessing.image import ImageDataGenerator
g1 = ImageDataGenerator(rescale=1/255.); g2 = ImageDataGenerator(preprocessing_function=keras.applications.resnet.preprocess_input)
a = keras.Sequential([keras.Input((64,64,3)), keras.layers.Conv2D(8,3,activation="relu"), keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(2, activation="softmax")])
a.compile("adam","categorical_crossentropy"); a.fit(g1.flow_from_directory("t", target_size=(64,64)), epochs=2)
r = keras.applications.ResNet50(include_top=False, pooling="avg", input_shape=(224,224,3)); r.trainable=False
b = keras.Sequential([r, keras.layers.Dense(2, activation="softmax")]); b.compile("adam","categorical_crossentropy")
b.fit(g2.flow_from_directory("t", target_size=(224,224)), epochs=2)
p = "x.jpg"
x = keras.utils.img_to_array(keras.utils.load_img(p, target_size=(64,64)))[None]/255.
y = keras.applications.resnet.preprocess_input(keras.utils.img_to_array(keras.utils.load_img(p, target_size=(224,224)))[None])
print(a.predict(x), b.predict(y))
