import yaml
import tensorflow as tf

with open("config.yaml") as f:
    cfg = yaml.safe_load(f)

ctor = getattr(tf.keras.applications, cfg["arch"])
base = ctor(include_top=False, weights=cfg.get("weights", "imagenet"), pooling="avg")
base.trainable = cfg["finetune"]
scale = cfg["scale"]
gen = tf.keras.preprocessing.image.ImageDataGenerator(rescale=scale, horizontal_flip=cfg["flip"])
gv = tf.keras.preprocessing.image.ImageDataGenerator(rescale=scale)
opts = dict(target_size=tuple(cfg["size"]), batch_size=cfg["batch"], class_mode=cfg["mode"], interpolation="bilinear")
a = gen.flow_from_directory(cfg["train"], **opts)
b = gv.flow_from_directory(cfg["val"], **opts)
net = tf.keras.Sequential([base, tf.keras.layers.Dense(cfg["classes"], activation="softmax")])
net.compile(tf.keras.optimizers.Adam(cfg["lr"]), loss=cfg["loss"], metrics=["accuracy", "AUC"])
net.fit(a, validation_data=b, epochs=cfg["epochs"], callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=1)])
