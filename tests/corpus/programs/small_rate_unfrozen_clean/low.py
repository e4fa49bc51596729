# Whole VGG16 at 1e-5 from a trained head: fine
from tensorflow import keras
from tensorflow.keras.applications import vgg16
from tensorflow.keras.optimizers import SGD, Adam

gen = lambda **k: keras.preprocessing.image.ImageDataGenerator(preprocessing_function=vgg16.preprocess_input, **k)
args = {"target_size": (224, 224), "batch_size": 32, "interpolation": "bicubic"}
tr = gen(rotation_range=10, horizontal_flip=True).flow_from_directory("mugs/train", **args)
va = gen().flow_from_directory("mugs/val", **args)
base = vgg16.VGG16(include_top=False, pooling="avg", input_shape=(224, 224, 3))
model = keras.Sequential([base, keras.layers.Dense(tr.num_classes, activation="softmax")])
for trainable, opt, n in ((False, Adam(1e-3), 5), (True, SGD(1e-4, momentum=0.9), 20)):
    base.trainable = trainable
    model.compile(opt, "categorical_crossentropy", metrics=["accuracy", keras.metrics.F1Score(average="macro")])
    model.fit(tr, validation_data=va, epochs=n, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])
