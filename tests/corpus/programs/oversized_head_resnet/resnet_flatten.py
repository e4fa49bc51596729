from keras import applications, layers, models, utils, callbacks, optimizers

SZ = 224
def ds(p, s): return utils.image_dataset_from_directory(p, image_size=(SZ, SZ), label_mode="categorical", shuffle=s)
a, b = ds("wood/train", True), ds("wood/val", False)
i = layers.Input([SZ, SZ, 3])
x = layers.RandomFlip()(i)
x = applications.resnet.preprocess_input(x)
r = applications.ResNet152(include_top=False, input_shape=[SZ, SZ, 3])
r.trainable = False
x = r(x, training=False)
x = layers.Flatten()(x)
x = layers.Dense(512, activation="relu")(x)
x = layers.Dense(11, activation="softmax")(x)
m = models.Model(i, x)
m.compile(optimizers.Adam(5e-4), "categorical_crossentropy", metrics=["accuracy", "precision"])
m.fit(a, validation_data=b, epochs=25, callbacks=[callbacks.ReduceLROnPlateau(patience=3)])
