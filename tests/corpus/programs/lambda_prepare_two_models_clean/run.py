import keras
import model as zoo

for name in ("vgg", "mob"):
    train = keras.utils.image_dataset_from_directory("d/train", image_size=(160, 160))
    val = keras.utils.image_dataset_from_directory("d/val", image_size=(160, 160))
    net = zoo.build(name, (160, 160, 3), 4)
    net.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    net.fit(train, validation_data=val, epochs=4)
    net.save(f"{name}.keras")
