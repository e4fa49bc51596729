import tensorflow as tf
from tensorflow.keras.applications.resnet50 import ResNet50, preprocess_input
from tensorflow.keras.callbacks import *

G = tf.keras.preprocessing.image.ImageDataGenerator
train = G(preprocessing_function=preprocess_input, rotation_range=10, zoom_range=.1).flow_from_directory('covid/train', target_size=(224, 224), class_mode='categorical', interpolation='bilinear')
valid = G(preprocessing_function=preprocess_input).flow_from_directory('covid/valid', target_size=(224, 224), class_mode='categorical', interpolation='bilinear')
base = ResNet50(include_top=False, weights='imagenet', pooling='avg')
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(3, activation='softmax')])
model.compile(tf.keras.optimizers.Adam(learning_rate=1e-4), 'categorical_crossentropy', ['accuracy', tf.keras.metrics.AUC(name='auc')])
cb = [
    ReduceLROnPlateau(monitor='val_loss', factor=0.5, patience=10, min_lr=1e-4),
    EarlyStopping(monitor='val_loss', patience=5, restore_best_weights=True),
]
model.fit(train, validation_data=valid, epochs=40, callbacks=cb)
