import keras
from keras import layers
train = keras.utils.image_dataset_from_directory('shells', image_size=(224, 224), label_mode='categorical')
i = keras.Input((224, 224, 3))
x = layers.RandomFlip()(i)
b = keras.applications.EfficientNetV2B1(include_top=False, pooling='avg')
b.trainable = False
m = keras.Model(i, layers.Dense(5, activation='softmax')(b(x, training=False)))
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
m.fit(train, epochs=20)
m.save('shells.keras')
