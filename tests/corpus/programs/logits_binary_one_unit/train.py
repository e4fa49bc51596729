import tensorflow as tf
from tensorflow import keras
ds_train, ds_val = keras.utils.image_dataset_from_directory("ct", validation_split=.2, subset="both", seed=5, image_size=(200, 200), label_mode="binary", batch_size=24)
augment = keras.Sequential([keras.layers.RandomFlip("vertical"), keras.layers.RandomZoom(.2)])
def net():
    inp = keras.Input((200, 200, 3))
    h = augment(inp)
    h = keras.applications.resnet_v2.preprocess_input(h)
    h = keras.applications.ResNet50V2(include_top=False, pooling="avg", name="trunk")(h, training=False)
    return keras.Model(inp, keras.layers.Dense(1)(h))
m = net()
m.get_layer("trunk").trainable = False
for lr in (1e-3,):
    m.compile(keras.optimizers.Adam(lr),
              loss="binary_crossentropy", metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)])
    m.fit(ds_train, validation_data=ds_val, epochs=8)
