import keras_tuner as kt
import tensorflow as tf
from tensorflow.keras import layers

def ds(part):
    d = tf.keras.utils.image_dataset_from_directory('ships/' + part, image_size=(160, 160), batch_size=32, shuffle=part == 'train')
    return d.map(lambda x, y: (tf.keras.applications.mobilenet_v2.preprocess_input(x), y)).prefetch(2)

def build(hp):
    base = tf.keras.applications.MobileNetV2(include_top=False, input_shape=(160, 160, 3), pooling='avg')
    base.trainable = False
    model = tf.keras.Sequential([base, layers.Dropout(hp.Float('dropout', 0.1, 0.5)), layers.Dense(hp.Int('units', 32, 256), activation='relu'), layers.Dense(4)])
    model.compile(optimizer=tf.keras.optimizers.Adam(hp.Choice('lr', [1e-2, 1e-3, 1e-4])), loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    return model

tuner = kt.RandomSearch(build, objective='val_accuracy', max_trials=5)
tuner.search(ds('train'), validation_data=ds('val'), epochs=5)
best = tuner.get_best_models(1)[0]
print(best.evaluate(ds('val')))
