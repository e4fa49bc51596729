import pandas as pd
from tensorflow.keras import applications, layers, models
from seq import Pictures

table = pd.read_csv("table.csv").sample(frac=1, random_state=0)
cut = int(len(table) * 0.85)
base = applications.DenseNet121(include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
net = models.Sequential([base, layers.Dense(3, activation="softmax")])
net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
net.fit(Pictures(table[:cut], flip=True), validation_data=Pictures(table[cut:]), epochs=10)
