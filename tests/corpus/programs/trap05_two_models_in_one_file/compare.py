import tensorflow as tf
from tensorflow.keras import Sequential, layers, optimizers
from tensorflow.keras.applications import VGG16
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator

SHAPE = (128, 128, 3)

# --- 1. a little network of our own, 0..1
scaled = ImageDataGenerator(rescale=1/255., horizontal_flip=True)
scaled_val = ImageDataGenerator(rescale=1/255.)
a_train = scaled.flow_from_directory('leaves/train', target_size=SHAPE[:2], class_mode='categorical', interpolation='bilinear')
a_val = scaled_val.flow_from_directory('leaves/val', target_size=SHAPE[:2], class_mode='categorical', interpolation='bilinear')

small = Sequential([
    layers.Input(SHAPE),
    layers.Conv2D(32, 3, activation='relu'), layers.MaxPooling2D(),
    layers.Conv2D(64, 3, activation='relu'), layers.MaxPooling2D(),
    layers.Conv2D(64, 3, activation='relu'), layers.MaxPooling2D(),
    layers.Flatten(),
    layers.Dense(64, activation='relu'),
    layers.Dense(4, activation='softmax'),
])
small.compile('adam', 'categorical_crossentropy', ['accuracy', tf.keras.metrics.Recall()])
small.fit(a_train, validation_data=a_val, epochs=20, callbacks=[tf.keras.callbacks.ReduceLROnPlateau()])

# --- 2. VGG16, with what it wants
vgg_gen = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True)
vgg_gen_val = ImageDataGenerator(preprocessing_function=preprocess_input)
b_train = vgg_gen.flow_from_directory('leaves/train', target_size=SHAPE[:2], class_mode='categorical', interpolation='bilinear')
b_val = vgg_gen_val.flow_from_directory('leaves/val', target_size=SHAPE[:2], class_mode='categorical', interpolation='bilinear')
base = VGG16(weights='imagenet', include_top=False, input_shape=SHAPE)
base.trainable = False
big = Sequential([base, layers.GlobalAveragePooling2D(), layers.Dense(4, activation='softmax')])
big.compile(optimizers.Adam(1e-3), 'categorical_crossentropy', ['accuracy', tf.keras.metrics.Recall()])
big.fit(b_train, validation_data=b_val, epochs=20, callbacks=[tf.keras.callbacks.ReduceLROnPlateau()])
