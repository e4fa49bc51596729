import numpy as np, os
from tensorflow.keras.preprocessing.image import ImageDataGenerator, load_img, img_to_array
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras import layers, models, optimizers, callbacks
# offline augmentation of the training folder alone, kept beside the originals
aug = ImageDataGenerator(rotation_range=20, horizontal_flip=True)
for f in os.listdir("train/rare"):
    x = img_to_array(load_img("train/rare/" + f))[None]
    for i, _ in enumerate(aug.flow(x, batch_size=1, save_to_dir="train/rare", save_prefix="aug", save_format="jpg")):
        if i >= 4: break
tr = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory("train", target_size=(224, 224))
va = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory("val", target_size=(224, 224), shuffle=False)
b = VGG16(include_top=False, pooling="avg", input_shape=(224, 224, 3))
for l in b.layers: l.trainable = l.name.startswith("block5")
m = models.Sequential([b, layers.Dense(3, activation="softmax")])
m.compile(optimizers.Adam(1e-5), "categorical_crossentropy", metrics=["accuracy"])
m.fit(tr, validation_data=va, epochs=10)
print((m.predict(va).argmax(1) == va.classes).mean())
