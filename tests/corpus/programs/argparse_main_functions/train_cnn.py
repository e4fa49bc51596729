import argparse
import os
import tensorflow as tf


def parse():
    p = argparse.ArgumentParser(description="train")
    p.add_argument("--train-dir", type=str, default=os.path.join("data", "train"))
    p.add_argument("--val-dir", type=str, default=os.path.join("data", "val"))
    p.add_argument("--img-size", type=int, default=224)
    p.add_argument("--learning-rate", type=float, default=0.01)
    p.add_argument("--freeze", action="store_true")
    p.add_argument("--momentum", type=float, default=0.0)
    return p.parse_args()


def get_model(args, n):
    base = tf.keras.applications.VGG19(include_top=False, weights="imagenet", input_shape=(args.img_size,) * 2 + (3,), pooling="avg")
    if args.freeze:
        base.trainable = False
    model = tf.keras.Sequential([tf.keras.layers.Lambda(tf.keras.applications.vgg19.preprocess_input), base, tf.keras.layers.Dense(n, activation="softmax")])
    model.compile(tf.keras.optimizers.SGD(args.learning_rate, momentum=args.momentum), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def main():
    args = parse()
    load = lambda d: tf.keras.utils.image_dataset_from_directory(d, image_size=(args.img_size, args.img_size))
    train, val = load(args.train_dir), load(args.val_dir)
    names = train.class_names
    train = train.map(lambda x, y: (tf.image.random_flip_left_right(x), y)).prefetch(1)
    model = get_model(args, len(names))
    model.fit(train, validation_data=val, epochs=20, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=3)])


if __name__ == "__main__":
    main()
