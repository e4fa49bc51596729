import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import train_test_split
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense, Dropout
import pandas as pd

df = pd.read_csv("tweets.csv")
X = TfidfVectorizer(max_features=5000).fit_transform(df["text"]).toarray()
y = (df["label"] == "pos").astype(int).values
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=.2, stratify=y)
model = Sequential([Dense(64, activation="relu", input_shape=(5000,)), Dropout(.5), Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(X_train, y_train, validation_split=.1, epochs=5, batch_size=64)
print(model.evaluate(X_test, y_test))
