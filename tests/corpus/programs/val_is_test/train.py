import numpy as np
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.callbacks import EarlyStopping, ModelCheckpoint
from tensorflow.keras import models, layers
from sklearn.metrics import classification_report

tg = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True, fill_mode='nearest', rotation_range=25)
eg = ImageDataGenerator(preprocessing_function=preprocess_input)
train_gen = tg.flow_from_directory('malaria/train', target_size=(128, 128), class_mode='binary')
test_gen = eg.flow_from_directory('malaria/test', target_size=(128, 128), class_mode='binary', shuffle=False)
base = VGG16(include_top=False, input_shape=(128, 128, 3))
base.trainable = False
model = models.Sequential([base, layers.Flatten(), layers.Dense(64, activation='relu'), layers.Dense(1, activation='sigmoid')])
model.compile(optimizer='adam', loss='binary_crossentropy', metrics=['accuracy'])
cp = ModelCheckpoint('m.keras', monitor='val_accuracy', save_best_only=True)
es = EarlyStopping(monitor='val_loss', patience=3, restore_best_weights=True)
model.fit(train_gen, validation_data=test_gen, epochs=20, callbacks=[cp, es])
loss, acc = model.evaluate(test_gen)
print('Test accuracy', acc)
pred = (model.predict(test_gen) > .5).astype(int).ravel()
print(classification_report(test_gen.classes, pred))
