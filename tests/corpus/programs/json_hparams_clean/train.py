import json, argparse
import tensorflow as tf
ap = argparse.ArgumentParser()
ap.add_argument("--lr", type=float, default=1e-3)
ap.add_argument("--finetune-lr", type=float, default=1e-5)
ap.add_argument("--arch", choices=["VGG16", "VGG19"], default="VGG16")
args = vars(ap.parse_args())
tr = tf.keras.utils.image_dataset_from_directory("z/train", image_size=(224, 224), label_mode="binary")
va = tf.keras.utils.image_dataset_from_directory("z/val", image_size=(224, 224), label_mode="binary")
base = getattr(tf.keras.applications, args["arch"])(include_top=False, pooling="avg")
base.trainable = False
i = tf.keras.Input((224, 224, 3))
x = tf.keras.layers.RandomFlip("horizontal")(i)
x = tf.keras.applications.vgg16.preprocess_input(x)
x = base(x)
o = tf.keras.layers.Dense(1, activation="sigmoid")(x)
m = tf.keras.Model(i, o)
m.compile(tf.keras.optimizers.Adam(args["lr"]), "binary_crossentropy", metrics=["accuracy", "AUC"])
m.fit(tr, validation_data=va, epochs=3)
base.trainable = True
for l in base.layers[:-4]:
    l.trainable = False
m.compile(tf.keras.optimizers.Adam(args["finetune_lr"]), "binary_crossentropy", metrics=["accuracy", "AUC"])
m.fit(tr, validation_data=va, epochs=5)
