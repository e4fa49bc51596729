import argparse
import os
from pathlib import Path

import tensorflow as tf
from dataset import build_dataset
from network import FineTuneNet


def parse():
    ap = argparse.ArgumentParser()
    ap.add_argument('--data', type=Path, default=Path('plants'))
    ap.add_argument('--size', type=int, default=224)
    ap.add_argument('--bs', type=int, default=32)
    ap.add_argument('--epochs', type=int, default=10)
    ap.add_argument('--lr', type=float, default=1e-3)
    ap.add_argument('--fine-tune-at', type=int, default=15)
    return ap.parse_args()


def main():
    a = parse()
    train = build_dataset(a.data / 'train', a.size, a.bs, training=True)
    val = build_dataset(a.data / 'val', a.size, a.bs, training=False)
    net = FineTuneNet(n=len(os.listdir(a.data / 'train')), size=a.size)
    net.compile(optimizer=tf.keras.optimizers.Adam(a.lr), loss=tf.keras.losses.CategoricalCrossentropy(), metrics=['accuracy'])
    net.fit(train, validation_data=val, epochs=a.epochs)
    net.unfreeze(a.fine_tune_at)
    net.compile(optimizer=tf.keras.optimizers.Adam(a.lr / 100), loss=tf.keras.losses.CategoricalCrossentropy(), metrics=['accuracy'])
    net.fit(train, validation_data=val, epochs=a.epochs)


if __name__ == '__main__':
    main()
