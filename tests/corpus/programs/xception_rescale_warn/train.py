from tensorflow.keras.applications.xception import Xception
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras import models, layers, optimizers
size = 299
idg = ImageDataGenerator(rescale=1.0/255.0, zoom_range=[0.8, 1.2], horizontal_flip=True)
idv = ImageDataGenerator(rescale=1.0/255.0)
t = idg.flow_from_directory(directory='fake/train', target_size=(size, size), batch_size=32, class_mode='binary')
v = idv.flow_from_directory(directory='fake/valid', target_size=(size, size), batch_size=32, class_mode='binary')
x = Xception(weights='imagenet', include_top=False, input_shape=(size, size, 3))
x.trainable = False
m = models.Sequential([x, layers.GlobalAveragePooling2D(), layers.Dense(256, activation='relu'), layers.Dropout(.3), layers.Dense(1, activation='sigmoid')])
m.compile(optimizers.Adam(learning_rate=1e-3), loss='binary_crossentropy', metrics=['accuracy'])
m.fit(t, epochs=10, validation_data=v)
