from keras.optimizers import Adam
from loader import load
from net import create

train, valid = load("train"), load("valid")
model = create(6)
model.compile(Adam(), loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=valid, epochs=7)
