import tensorflow as tf
from tensorflow.keras.applications import ResNet50V2
from tensorflow.keras.applications.resnet_v2 import preprocess_input

mk = lambda d, **k: tf.keras.preprocessing.image.ImageDataGenerator(preprocessing_function=preprocess_input, **k).flow_from_directory(
    d, target_size=(224, 224), batch_size=32, class_mode='categorical', interpolation='bilinear')
train, val = mk('pipes/train', horizontal_flip=True, rotation_range=5), mk('pipes/val')
base = ResNet50V2(include_top=False, pooling='avg', input_shape=(224, 224, 3))
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(2, activation='softmax')])
model.compile('adam', 'categorical_crossentropy', metrics=['accuracy', tf.keras.metrics.AUC()])
model.fit(train, validation_data=val, epochs=15, callbacks=[
    tf.keras.callbacks.EarlyStopping(monitor='val_acc', patience=3, restore_best_weights=True),
    tf.keras.callbacks.ReduceLROnPlateau(monitor='val_loss', patience=1)])
