import pandas as pd
from sklearn.preprocessing import StandardScaler
from sklearn.model_selection import train_test_split
from tensorflow import keras
df = pd.read_csv("heart.csv")
X, y = df.drop(columns="target"), df["target"]
X = StandardScaler().fit_transform(X)
a, b, c, d = train_test_split(X, y, random_state=1)
net = keras.Sequential([keras.layers.Dense(32, activation="relu"), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1, activation="sigmoid")])
net.compile("adam", "binary_crossentropy", metrics=["accuracy"])
net.fit(a, c, epochs=50, validation_data=(b, d), verbose=0)
