from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.applications.mobilenet_v2 import MobileNetV2, preprocess_input
from tensorflow.keras.layers import *
from tensorflow.keras.models import *
from tensorflow.keras.callbacks import *

tg = ImageDataGenerator(preprocessing_function=preprocess_input, brightness_range=(0.8, 1.2), horizontal_flip=True)
vg = ImageDataGenerator(preprocessing_function=preprocess_input)
tr = tg.flow_from_directory('xray/train', (224, 224), batch_size=32, class_mode='categorical')
va = vg.flow_from_directory('xray/val', (224, 224), batch_size=32, class_mode='categorical')
base = MobileNetV2(include_top=False, weights='imagenet', input_shape=(224, 224, 3))
base.trainable = False
x = GlobalAveragePooling2D()(base.output)
x = Dense(64, activation='relu')(x)
y = Dense(3, activation='softmax')(x)
model = Model(base.input, y)
model.compile('adam', 'categorical_crossentropy', ['accuracy'])
weights = {'COVID': 3.0, 'NORMAL': 1.0, 'VIRAL': 1.0}
model.fit(tr, validation_data=va, epochs=15, class_weight=weights,
          callbacks=[EarlyStopping(monitor='val_accuracy', mode='min', patience=5, restore_best_weights=True)])
