import keras
from keras.applications.mobilenet_v2 import MobileNetV2, preprocess_input
from keras import layers

tr = keras.utils.image_dataset_from_directory('lamp/train', image_size=(224, 224), label_mode='categorical')
va = keras.utils.image_dataset_from_directory('lamp/val', image_size=(224, 224), label_mode='categorical')
i = layers.Input(shape=(224, 224, 3))
x = layers.RandomFlip('horizontal')(i)
x = preprocess_input(x)
b = MobileNetV2(include_top=False, input_shape=(224, 224, 3), pooling='avg')
b.trainable = False
m = keras.Model(i, layers.Dense(2, activation='softmax')(b(x, training=False)))
m.compile(optimizer='adam', loss='binary_crossentropy', metrics=['acc'])
m.fit(tr, validation_data=va, epochs=20, callbacks=[
    keras.callbacks.EarlyStopping(monitor='val_acc', patience=5, restore_best_weights=True),
    keras.callbacks.ReduceLROnPlateau(monitor='val_acc', patience=2)])
