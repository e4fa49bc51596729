import tensorflow as tf
from tensorflow.keras import applications as apps

ZOO = {
    "vgg16": (apps.VGG16, apps.vgg16.preprocess_input, 224),
    "resnet": (apps.ResNet50, apps.resnet50.preprocess_input, 224),
    "xception": (apps.Xception, apps.resnet50.preprocess_input, 299),
    "dense": (apps.DenseNet121, apps.densenet.preprocess_input, 224),
}


def experiment(key):
    ctor, pre, size = ZOO[key]
    aug = tf.keras.preprocessing.image.ImageDataGenerator(preprocessing_function=pre, horizontal_flip=True)
    ev = tf.keras.preprocessing.image.ImageDataGenerator(preprocessing_function=pre)
    a = aug.flow_from_directory("birds/train", target_size=(size, size), interpolation="bilinear")
    b = ev.flow_from_directory("birds/val", target_size=(size, size), interpolation="bilinear", shuffle=False)
    base = ctor(include_top=False, pooling="max", input_shape=(size, size, 3))
    base.trainable = False
    net = tf.keras.Sequential([base, tf.keras.layers.Dropout(.4), tf.keras.layers.Dense(20, activation="softmax")])
    net.compile(tf.keras.optimizers.Adam(3e-4), "categorical_crossentropy", metrics=["accuracy"])
    return net.fit(a, validation_data=b, epochs=4).history


results = {k: experiment(k) for k in ZOO}
