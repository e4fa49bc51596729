from tensorflow.keras.layers import Embedding, LSTM, Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.text import Tokenizer
from tensorflow.keras.utils import pad_sequences
import pandas as pd
d = pd.read_csv("reviews.csv")
t = Tokenizer(10000); t.fit_on_texts(d.text)
X = pad_sequences(t.texts_to_sequences(d.text), 200); y = d.stars.values - 1
m = Sequential([Embedding(10000, 64), LSTM(64), Dense(5, activation="softmax")])
m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
m.fit(X, y, validation_split=.2, epochs=3)
