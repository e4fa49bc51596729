import tensorflow as tf
from tensorflow.keras import applications as zoo

NETS = {
    "vgg": dict(build=zoo.VGG16, norm=zoo.vgg16.preprocess_input),
    "incep": dict(build=zoo.InceptionV3, norm=zoo.resnet50.preprocess_input),
}


def experiment(key):
    net = NETS[key]
    gen = tf.keras.preprocessing.image.ImageDataGenerator
    tr = gen(preprocessing_function=net["norm"], horizontal_flip=True).flow_from_directory("moss/train", target_size=(224, 224), interpolation="bilinear")
    va = gen(preprocessing_function=net["norm"]).flow_from_directory("moss/val", target_size=(224, 224), interpolation="bilinear")
    body = net["build"](include_top=False, pooling="avg", input_shape=(224, 224, 3))
    body.trainable = False
    model = tf.keras.Sequential([body, tf.keras.layers.Dense(4, activation="softmax")])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy", tf.keras.metrics.AUC()])
    return model.fit(tr, validation_data=va, epochs=9, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=2)]).history


histories = {k: experiment(k) for k in NETS}
