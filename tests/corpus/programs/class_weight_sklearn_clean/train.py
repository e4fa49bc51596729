import numpy as np
from sklearn.utils.class_weight import compute_class_weight
from tensorflow.keras.applications.densenet import DenseNet201, preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras import layers, models, callbacks, optimizers

def build_generators(root, size=(224, 224), bs=16):
    common = dict(target_size=size, batch_size=bs, class_mode="categorical", interpolation="bicubic")
    a = ImageDataGenerator(preprocessing_function=preprocess_input, rotation_range=20, horizontal_flip=True, validation_split=.15)
    b = ImageDataGenerator(preprocessing_function=preprocess_input, validation_split=.15)
    return (a.flow_from_directory(root, subset="training", seed=7, **common), b.flow_from_directory(root, subset="validation", shuffle=False, seed=7, **common))

tr, va = build_generators("isic")
cw = compute_class_weight(class_weight="balanced", classes=np.unique(tr.classes), y=tr.classes)
cw = dict(enumerate(cw))
enc = DenseNet201(include_top=False, pooling="avg", input_shape=(224, 224, 3))
enc.trainable = False
m = models.Sequential([enc, layers.BatchNormalization(), layers.Dropout(.3), layers.Dense(tr.num_classes, activation="softmax")])
m.compile(optimizers.Adam(1e-3), "categorical_crossentropy", metrics=["accuracy", "AUC"])
cbs = [callbacks.EarlyStopping(monitor="val_auc", mode="max", patience=6, restore_best_weights=True), callbacks.ReduceLROnPlateau(monitor="val_loss", patience=2)]
m.fit(tr, validation_data=va, epochs=40, class_weight=cw, callbacks=cbs)
