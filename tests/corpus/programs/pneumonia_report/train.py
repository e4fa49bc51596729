import numpy as np, matplotlib.pyplot as plt
from keras.applications.vgg19 import VGG19, preprocess_input
from keras.preprocessing.image import ImageDataGenerator
from keras.models import Model
from keras.layers import Dense, GlobalAveragePooling2D, Dropout
from keras.callbacks import EarlyStopping, ReduceLROnPlateau
from sklearn.metrics import classification_report, confusion_matrix

root = '../input/chest-xray-pneumonia/chest_xray/'
aug = ImageDataGenerator(preprocessing_function=preprocess_input, rotation_range=10, width_shift_range=0.1)
plain = ImageDataGenerator(preprocessing_function=preprocess_input)
tr = aug.flow_from_directory(root + 'train', target_size=(224, 224), batch_size=16, class_mode='categorical')
va = plain.flow_from_directory(root + 'val', target_size=(224, 224), batch_size=16, class_mode='categorical')
te = plain.flow_from_directory(root + 'test', target_size=(224, 224), batch_size=16, class_mode='categorical')

vgg = VGG19(include_top=False, weights='imagenet', input_shape=(224, 224, 3))
vgg.trainable = False
x = GlobalAveragePooling2D()(vgg.output)
x = Dense(128, activation='relu')(x)
x = Dropout(0.3)(x)
out = Dense(2, activation='softmax')(x)
model = Model(vgg.input, out)
model.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
cbs = [EarlyStopping(monitor='val_loss', patience=4, restore_best_weights=True), ReduceLROnPlateau(monitor='val_loss', patience=2)]
model.fit(tr, validation_data=va, epochs=20, callbacks=cbs)

pred = model.predict(te)
y_pred = np.argmax(pred, axis=1)
print(classification_report(te.classes, y_pred))
cm = confusion_matrix(te.classes, y_pred)
plt.imshow(cm)
