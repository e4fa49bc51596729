import keras
from keras.applications.resnet_v2 import ResNet152V2, preprocess_input


class Network:
    loss = "categorical_crossentropy"

    def __init__(self, n):
        inputs = keras.Input((224, 224, 3))
        x = keras.layers.RandomFlip("horizontal")(inputs)
        x = preprocess_input(x)
        body = ResNet152V2(include_top=False, pooling="avg")
        body.trainable = False
        self.model = keras.Model(inputs, keras.layers.Dense(n, activation="softmax")(body(x, training=False)))

    def train(self, train, valid, epochs):
        self.model.compile(optimizer="adam", loss=self.loss, metrics=["accuracy"])
        return self.model.fit(train, validation_data=valid, epochs=epochs, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])
