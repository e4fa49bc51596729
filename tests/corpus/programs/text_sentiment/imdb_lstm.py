import keras
from keras import layers
from keras.datasets import imdb
from keras.utils import pad_sequences

(x_train, y_train), (x_val, y_val) = imdb.load_data(num_words=20000)
x_train, x_val = pad_sequences(x_train, maxlen=200), pad_sequences(x_val, maxlen=200)
model = keras.Sequential([layers.Embedding(20000, 128), layers.Bidirectional(layers.LSTM(64)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=32, epochs=2, validation_data=(x_val, y_val))
