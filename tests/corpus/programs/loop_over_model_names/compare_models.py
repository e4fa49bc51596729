import importlib
import tensorflow as tf
from tensorflow.keras.preprocessing.image import ImageDataGenerator

models = {
    'VGG16': (tf.keras.applications.VGG16, tf.keras.applications.vgg16.preprocess_input),
    'ResNet50': (tf.keras.applications.ResNet50, tf.keras.applications.resnet50.preprocess_input),
    'MobileNetV2': (tf.keras.applications.MobileNetV2, tf.keras.applications.mobilenet_v2.preprocess_input),
}
results = {}
for name, (ctor, fn) in models.items():
    train = ImageDataGenerator(preprocessing_function=fn, horizontal_flip=True).flow_from_directory(
        'parts/train', target_size=(224, 224), interpolation='bilinear')
    val = ImageDataGenerator(preprocessing_function=fn).flow_from_directory('parts/val', target_size=(224, 224), interpolation='bilinear')
    base = ctor(include_top=False, weights='imagenet', pooling='avg', input_shape=(224, 224, 3))
    base.trainable = False
    model = tf.keras.Sequential([base, tf.keras.layers.Dense(train.num_classes, activation='softmax')])
    model.compile('adam', 'categorical_crossentropy', metrics=['accuracy', tf.keras.metrics.F1Score(average='macro')])
    history = model.fit(train, validation_data=val, epochs=5, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=1)])
    results[name] = max(history.history['val_accuracy'])
print(results)
