import tensorflow as tf
from tensorflow.keras import applications as apps, layers, Model

zoo = {
    'vgg16': (apps.VGG16, apps.vgg16.preprocess_input, 224),
    'resnet': (apps.ResNet50, apps.resnet.preprocess_input, 224),
    'inception': (apps.InceptionV3, apps.inception_v3.preprocess_input, 299),
    'effnet': (apps.EfficientNetB0, apps.efficientnet.preprocess_input, 224),
}
results = {}
for name, (ctor, prep, size) in zoo.items():
    def loader(split, shuffle):
        ds = tf.keras.utils.image_dataset_from_directory(f'insects/{split}', image_size=(size, size), label_mode='categorical', shuffle=shuffle)
        return ds.map(lambda x, y: (prep(x), y)).prefetch(1)
    base = ctor(include_top=False, weights='imagenet', input_shape=(size, size, 3), pooling='avg')
    base.trainable = False
    inp = layers.Input((size, size, 3))
    out = layers.Dense(10, activation='softmax')(base(inp, training=False))
    model = Model(inp, out)
    model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy', tf.keras.metrics.F1Score(average='macro')])
    h = model.fit(loader('train', True), validation_data=loader('val', False), epochs=5)
    results[name] = max(h.history['val_accuracy'])
print(results)
