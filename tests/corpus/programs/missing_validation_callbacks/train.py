"""Command line training with click-like constants; no validation anywhere, but callbacks that want one."""
import tensorflow as tf
from tensorflow.keras.callbacks import EarlyStopping, ReduceLROnPlateau
from tensorflow.keras.applications import vgg16

ds = tf.keras.utils.image_dataset_from_directory('roads', image_size=(224, 224), batch_size=32, label_mode='binary')
ds = ds.map(lambda x, y: (tf.image.random_flip_left_right(x), y))
ds = ds.map(lambda x, y: (vgg16.preprocess_input(x), y)).prefetch(2)
base = vgg16.VGG16(weights='imagenet', include_top=False, pooling='max')
base.trainable = False
clf = tf.keras.Sequential([base, tf.keras.layers.Dense(1, activation='sigmoid')])
clf.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy', 'AUC'])
clf.fit(ds, epochs=50, verbose=2, callbacks=[
    EarlyStopping(monitor='val_loss', patience=5, restore_best_weights=True),
    ReduceLROnPlateau(monitor='val_loss'),
])
