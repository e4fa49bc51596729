from tensorflow.keras import applications, layers, Sequential


def build(cfg):
    base = applications.VGG16(include_top=False, pooling="avg", input_shape=(cfg.size, cfg.size, 3))
    base.trainable = False
    return Sequential([base, layers.Dropout(cfg.dropout), layers.Dense(cfg.classes, activation="softmax")])
