import tensorflow as tf
from tensorflow.keras.preprocessing.image import ImageDataGenerator as IDG
from tensorflow.keras import layers as L, models

scaled = IDG(rescale=1/255, horizontal_flip=True).flow_from_directory('z/train', target_size=(64, 64), batch_size=32)
scaled_val = IDG(rescale=1/255).flow_from_directory('z/val', target_size=(64, 64), batch_size=32)
small = models.Sequential([L.Input((64, 64, 3)), L.Conv2D(16, 3, activation='relu'), L.MaxPooling2D(), L.Conv2D(32, 3, activation='relu'), L.GlobalAveragePooling2D(), L.Dense(3, activation='softmax')])
small.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
small.fit(scaled, validation_data=scaled_val, epochs=5)

pp = tf.keras.applications.vgg16.preprocess_input
big = IDG(preprocessing_function=pp, horizontal_flip=True).flow_from_directory('z/train', target_size=(224, 224), batch_size=32)
big_val = IDG(preprocessing_function=pp).flow_from_directory('z/val', target_size=(224, 224), batch_size=32)
vgg = tf.keras.applications.VGG16(include_top=False, input_shape=(224, 224, 3), pooling='avg')
vgg.trainable = False
m = models.Sequential([vgg, L.Dense(3, activation='softmax')])
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
m.fit(big, validation_data=big_val, epochs=5)
