import tensorflow as tf
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train_gen = ImageDataGenerator(preprocessing_function=preprocess_input, rotation_range=5, width_shift_range=.05)
val_gen = ImageDataGenerator(rescale=1./255)  # TODO check

train = train_gen.flow_from_directory('chest_xray/train', target_size=(224, 224), class_mode='binary', batch_size=32)
val = val_gen.flow_from_directory('chest_xray/val', target_size=(224, 224), class_mode='binary', batch_size=32)
base = VGG16(weights='imagenet', include_top=False, pooling='max', input_shape=(224, 224, 3))
for layer in base.layers: layer.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(1, activation='sigmoid')])
model.compile(optimizer=tf.keras.optimizers.Adam(1e-3), loss=tf.keras.losses.BinaryCrossentropy(), metrics=['accuracy', tf.keras.metrics.AUC()])
model.fit(train, validation_data=val, epochs=10, class_weight={0: 1.9, 1: .67})
