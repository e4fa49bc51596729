"""What is the message about? Lists of word numbers of four topics, with an embedding and an LSTM."""

import sys

import keras
import numpy as np
from keras.layers import LSTM, Bidirectional, Dense, Dropout, Embedding
from keras.models import Sequential
from keras.utils import to_categorical
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(int(sys.argv[1]))
vocab_size = 2000
maxlen = 40
num_classes = 4


def write(count):
    """Word numbers (count, 40), 0 where the message is over, and topics: each has 60 words that it uses more."""
    rng = np.random.default_rng(3)
    topics = rng.integers(0, num_classes, count)
    lengths = rng.integers(12, maxlen + 1, count)
    common = rng.integers(300, vocab_size, (count, maxlen))
    own = 1 + topics[:, None] * 60 + rng.integers(0, 60, (count, maxlen))
    words = np.where(rng.random((count, maxlen)) < 0.15, own, common)
    return np.where(np.arange(maxlen) < lengths[:, None], words, 0), topics


X, topics = write(4000)
Y = to_categorical(topics, num_classes)
X_train, X_test, Y_train, Y_test = train_test_split(X, Y, test_size=0.2, random_state=42)

model = Sequential()
model.add(Embedding(vocab_size, 32, mask_zero=True))
model.add(Bidirectional(LSTM(32)))
model.add(Dropout(0.5))
model.add(Dense(num_classes, activation="softmax"))
model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.Adam(learning_rate=0.002), metrics=["accuracy"])
stop = keras.callbacks.EarlyStopping(patience=4, restore_best_weights=True)
history = model.fit(X_train, Y_train, batch_size=32, epochs=20, validation_split=0.1, callbacks=[stop], verbose=2)
score = model.evaluate(X_test, Y_test, verbose=0)
print("Test accuracy:", score[1])
