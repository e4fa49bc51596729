import tensorflow as tf
from tensorflow.keras.applications.efficientnet import preprocess_input
from tensorflow.keras.applications import ResNet101

gen = tf.keras.preprocessing.image.ImageDataGenerator(preprocessing_function=preprocess_input, rotation_range=20)
gen_v = tf.keras.preprocessing.image.ImageDataGenerator(preprocessing_function=preprocess_input)
a = gen.flow_from_directory('herbs/train', (224, 224), 'rgb', None, 'categorical', 32, interpolation='bilinear')
b = gen_v.flow_from_directory('herbs/val', (224, 224), 'rgb', None, 'categorical', 32, interpolation='bilinear')
r = ResNet101(include_top=False, weights='imagenet', pooling='avg', input_shape=(224, 224, 3))
r.trainable = False
model = tf.keras.Sequential([r, tf.keras.layers.Dense(a.num_classes, activation='softmax')])
model.compile('adam', 'categorical_crossentropy', ['accuracy'])
model.fit(a, validation_data=b, epochs=3, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=1)])
