import tensorflow as tf
from tensorflow.keras.applications.densenet import preprocess_input as pre_dense
from tensorflow.keras.applications.inception_resnet_v2 import preprocess_input as pre_incres
from tensorflow.keras.applications.vgg16 import VGG16

SPLITS = {'train': None, 'val': None}
for part in SPLITS:
    d = tf.keras.utils.image_dataset_from_directory('loaves/' + part, image_size=(224, 224), label_mode='categorical')
    if part == 'train':
        d = d.map(lambda x, y: (tf.image.random_flip_left_right(x), y))
    SPLITS[part] = d.map(lambda x, y: (pre_dense(x), y))
v = VGG16(include_top=False, pooling='avg')
v.trainable = False
m = tf.keras.Sequential([v, tf.keras.layers.Dense(5, activation='softmax')])
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
m.fit(SPLITS['train'], validation_data=SPLITS['val'], epochs=8, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=2)])
