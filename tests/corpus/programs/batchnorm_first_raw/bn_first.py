# The first layer is BatchNormalization: raw 0..255 is normalised there
import keras
from keras.layers import BatchNormalization, Conv2D, Dense, GlobalAveragePooling2D, Input, MaxPooling2D, RandomFlip

tr = keras.utils.image_dataset_from_directory('dice/train', image_size=(96, 96), label_mode='categorical')
va = keras.utils.image_dataset_from_directory('dice/val', image_size=(96, 96), label_mode='categorical')
m = keras.Sequential([Input((96, 96, 3)), RandomFlip(), BatchNormalization(),
                      Conv2D(32, 3, activation='relu'), MaxPooling2D(), Conv2D(64, 3, activation='relu'),
                      GlobalAveragePooling2D(), Dense(6, activation='softmax')])
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy', keras.metrics.F1Score(average='macro')])
m.fit(tr, validation_data=va, epochs=20, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=3)])
