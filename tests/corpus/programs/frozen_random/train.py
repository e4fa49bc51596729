import tensorflow as tf
from tensorflow.keras.preprocessing.image import ImageDataGenerator
t = ImageDataGenerator(rescale=1/255., shear_range=.1).flow_from_directory('e/train', target_size=(224, 224), class_mode='binary')
v = ImageDataGenerator(rescale=1/255.).flow_from_directory('e/val', target_size=(224, 224), class_mode='binary')
base = tf.keras.applications.ResNet50(weights=None, include_top=False, input_shape=(224, 224, 3))
base.trainable = False
m = tf.keras.Sequential([base, tf.keras.layers.GlobalAveragePooling2D(), tf.keras.layers.Dense(1, activation='sigmoid')])
m.compile('adam', 'binary_crossentropy', metrics=['accuracy'])
m.fit(t, validation_data=v, epochs=5)
