import keras
from keras import layers
ds = keras.utils.image_dataset_from_directory("faces", labels=None, image_size=(64, 64)).map(lambda x: (x / 255., x / 255.))
m = keras.Sequential([keras.Input((64, 64, 3)), layers.Conv2D(16, 3, 2, "same", activation="relu"), layers.Conv2DTranspose(3, 3, 2, "same", activation="sigmoid")])
m.compile("adam", "mse")
m.fit(ds, epochs=10)
