#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""Обучение классификатора лиц (курсовая работа)."""
import os, sys, time, datetime as dt
from os.path import join as pj
import numpy
import keras.backend as K
from keras.applications import vgg16 as vgg_module
from keras.layers import Dense as FC, Dropout as DO, Flatten as FL
from keras.models import Model as KModel
from keras.optimizers import SGD as Opt
from tensorflow.keras.preprocessing.image import ImageDataGenerator as Augmenter

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = pj(HERE, "faces")
EDGE, LOT = 96, 64
K.set_image_data_format("channels_last")

# подготовка данных
def make_flow(which, training):
    settings = {"rescale": 1. / 255.}
    if training:
        settings["horizontal_flip"] = True
        settings["zoom_range"] = 0.15
    return Augmenter(**settings).flow_from_directory(pj(DATA, which), target_size=(EDGE, EDGE), batch_size=LOT, class_mode="categorical", interpolation="bilinear")

train_flow = make_flow("train", True)
valid_flow = make_flow("valid", False)

# модель
core = vgg_module.VGG16(False, "imagenet", None, (EDGE, EDGE, 3))
for number, one in enumerate(core.layers):
    one.trainable = number >= 15
t = FL()(core.output)
t = FC(256, activation="relu")(t)
t = DO(.5)(t)
t = FC(2, activation="softmax")(t)
net = KModel(core.input, t)
net.compile(Opt(learning_rate=1e-4, momentum=0.9), "categorical_crossentropy", ["accuracy"])
net.fit(train_flow, epochs=25, validation_data=valid_flow)
