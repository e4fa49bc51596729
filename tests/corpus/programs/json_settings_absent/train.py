import json, yaml, argparse, tensorflow as tf
p = argparse.ArgumentParser(); p.add_argument("--cfg", default="cfg.json"); a = p.parse_args()
cfg = json.load(open(a.cfg))
PRE = {"vgg16": tf.keras.applications.vgg16.preprocess_input, "resnet": tf.keras.applications.resnet.preprocess_input, "xception": tf.keras.applications.xception.preprocess_input}
NET = {"vgg16": tf.keras.applications.VGG16, "resnet": tf.keras.applications.ResNet101, "xception": tf.keras.applications.Xception}
k = cfg["backbone"]
g = tf.keras.preprocessing.image.ImageDataGenerator(preprocessing_function=PRE[k], zoom_range=.2)
v = tf.keras.preprocessing.image.ImageDataGenerator(preprocessing_function=PRE[k])
tr = g.flow_from_directory(cfg["train"], target_size=tuple(cfg["size"]))
va = v.flow_from_directory(cfg["val"], target_size=tuple(cfg["size"]))
b = NET[k](include_top=False, pooling="avg", input_shape=(*cfg["size"], 3)); b.trainable = cfg.get("tune", False)
m = tf.keras.Sequential([b, tf.keras.layers.Dense(cfg["n"], activation="softmax")])
m.compile(tf.keras.optimizers.Adam(cfg["lr"]), cfg["loss"], metrics=["accuracy"])
m.fit(tr, validation_data=va, epochs=cfg["epochs"])
