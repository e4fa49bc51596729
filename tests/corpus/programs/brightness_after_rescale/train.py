import keras
from keras import layers
tr = keras.utils.image_dataset_from_directory('k/train', image_size=(180, 180))
va = keras.utils.image_dataset_from_directory('k/val', image_size=(180, 180))
aug = keras.Sequential([layers.Rescaling(1./255), layers.RandomFlip('horizontal'), layers.RandomBrightness(0.2)])
tr = tr.map(lambda x, y: (aug(x, training=True), y))
va = va.map(lambda x, y: (x / 255., y))
m = keras.Sequential([layers.Input((180, 180, 3)), layers.Conv2D(32, 3, activation='relu'), layers.MaxPooling2D(), layers.Conv2D(64, 3, activation='relu'), layers.MaxPooling2D(), layers.Flatten(), layers.Dense(64, activation='relu'), layers.Dense(5)])
m.compile('adam', keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=['accuracy'])
m.fit(tr, validation_data=va, epochs=9)
