from keras.applications import MobileNetV2
import keras
from tensorflow.keras.preprocessing.image import ImageDataGenerator

datos = ImageDataGenerator(rescale=1./255, horizontal_flip=True, validation_split=.2)
entrenamiento = datos.flow_from_directory('frutas', target_size=(224, 224), batch_size=32, class_mode='categorical', subset='training')
validacion = datos.flow_from_directory('frutas', target_size=(224, 224), batch_size=32, class_mode='categorical', subset='validation')
red = MobileNetV2(include_top=False, weights='imagenet', input_shape=(224, 224, 3), pooling='avg')
red.trainable = False
modelo = keras.Sequential([red, keras.layers.Dense(6, activation='softmax')])
modelo.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
modelo.fit(entrenamiento, validation_data=validacion, epochs=8)
