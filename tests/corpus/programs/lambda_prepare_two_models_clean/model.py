import keras


def backbone(name, shape):
    table = {
        "vgg": (keras.applications.VGG16, keras.applications.vgg16),
        "mob": (keras.applications.MobileNetV2, keras.applications.mobilenet_v2),
    }
    make, module = table[name]
    return make(include_top=False, input_shape=shape, pooling="avg"), module.preprocess_input


def build(name, shape, classes):
    inputs = keras.Input(shape)
    base, prepare = backbone(name, shape)
    base.trainable = False
    x = keras.layers.Lambda(prepare, name="prepare")(inputs)
    x = base(x, training=False)
    return keras.Model(inputs, keras.layers.Dense(classes, activation="softmax")(x))
