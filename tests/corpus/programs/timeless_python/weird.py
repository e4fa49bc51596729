from importlib import import_module as im
tf = im("tensorflow")
keras = tf.keras
vgg16 = im("tensorflow.keras.applications.vgg16")
G = getattr(keras.preprocessing.image, "ImageDataGenerator")
kw = {"rescale": 1 / 255}
kw |= {"horizontal_flip": True}
(tr := G(**kw)), (va := G(rescale=1 / 255))
flow = lambda g, d: g.flow_from_directory(d, target_size=(224,) * 2, interpolation="bilinear")
tr, va = flow(tr, "u/train"), flow(va, "u/val")
base = vgg16.VGG16(**dict(include_top=False, pooling="avg", input_shape=(224, 224, 3)))
setattr(base, "trainable", False)
m = keras.Sequential()
[m.add(l) for l in (base, keras.layers.Dense(tr.num_classes, activation="softmax"))]
m.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy", keras.metrics.AUC()])
m.fit(tr, validation_data=va, epochs=9, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])
