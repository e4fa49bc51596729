from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras import layers, models
t = ImageDataGenerator(rescale=1./255, horizontal_flip=True).flow_from_directory('n/train', target_size=(64, 64), class_mode='binary')
v = ImageDataGenerator().flow_from_directory('n/val', target_size=(64, 64), class_mode='binary')
m = models.Sequential([layers.Conv2D(32, 3, activation='relu', input_shape=(64, 64, 3)), layers.MaxPooling2D(), layers.Conv2D(32, 3, activation='relu'), layers.MaxPooling2D(), layers.Flatten(), layers.Dense(128, activation='relu'), layers.Dense(1, activation='sigmoid')])
m.compile('adam', 'binary_crossentropy', metrics=['accuracy'])
m.fit(t, validation_data=v, epochs=25)
