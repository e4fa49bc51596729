import tensorflow as tf
from tensorflow.keras.applications.resnet_v2 import ResNet50V2
from tensorflow.keras.applications.resnet50 import preprocess_input

def augmenter():
    return tf.keras.preprocessing.image.ImageDataGenerator(preprocessing_function=preprocess_input,
        zoom_range=0.1, horizontal_flip=True)

def plain():
    return tf.keras.preprocessing.image.ImageDataGenerator(preprocessing_function=preprocess_input)

train_it = augmenter().flow_from_directory('cars/train', target_size=(224, 224), batch_size=64)
val_it = plain().flow_from_directory('cars/val', target_size=(224, 224), batch_size=64, shuffle=False)

with tf.device('/CPU:0'):
    base = ResNet50V2(include_top=False, pooling='avg', input_shape=(224, 224, 3))
for layer in base.layers:
    layer.trainable = False
out = tf.keras.layers.Dense(196, activation='softmax')(base.output)
model = tf.keras.Model(inputs=base.inputs, outputs=out)
model.compile(optimizer=tf.keras.optimizers.SGD(learning_rate=0.01, momentum=0.9), loss='categorical_crossentropy', metrics=['acc', tf.keras.metrics.TopKCategoricalAccuracy(5)])
model.fit(train_it, epochs=10, validation_data=val_it)
