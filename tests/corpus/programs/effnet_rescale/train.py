import tensorflow as tf
from tensorflow.keras.applications import EfficientNetB3
from tensorflow.keras.preprocessing.image import ImageDataGenerator

gen = ImageDataGenerator(rescale=1/255., rotation_range=15, zoom_range=0.15, validation_split=0.15)
tr = gen.flow_from_directory('leafs', (300, 300), subset='training', class_mode='sparse', batch_size=24)
va = gen.flow_from_directory('leafs', (300, 300), subset='validation', class_mode='sparse', batch_size=24)

backbone = EfficientNetB3(weights='imagenet', include_top=False, pooling='max', input_shape=(300, 300, 3))
backbone.trainable = False
net = tf.keras.Sequential([
    backbone,
    tf.keras.layers.BatchNormalization(),
    tf.keras.layers.Dense(256, activation='relu'),
    tf.keras.layers.Dropout(.45),
    tf.keras.layers.Dense(tr.num_classes, activation='softmax'),
])
net.compile(tf.keras.optimizers.Adamax(learning_rate=.001), loss='sparse_categorical_crossentropy', metrics=['accuracy'])
net.fit(tr, epochs=12, validation_data=va)
