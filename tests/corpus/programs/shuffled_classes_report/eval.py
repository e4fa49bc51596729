import numpy as np
from sklearn.metrics import classification_report, confusion_matrix
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.layers import Dense, GlobalAveragePooling2D
from tensorflow.keras.models import Model

tr_gen = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True)
te_gen = ImageDataGenerator(preprocessing_function=preprocess_input)
train = tr_gen.flow_from_directory('corn/train', target_size=(224, 224), class_mode='categorical', batch_size=32)
valid = te_gen.flow_from_directory('corn/valid', target_size=(224, 224), class_mode='categorical', batch_size=32)
test = te_gen.flow_from_directory('corn/test', target_size=(224, 224), class_mode='categorical', batch_size=32)
conv = VGG16(include_top=False, weights='imagenet', input_shape=(224, 224, 3))
conv.trainable = False
model = Model(conv.input, Dense(4, activation='softmax')(GlobalAveragePooling2D()(conv.output)))
model.compile('adam', 'categorical_crossentropy', ['accuracy'])
model.fit(train, validation_data=valid, epochs=6)
Y_pred = model.predict(test)
y_pred = np.argmax(Y_pred, axis=1)
print(confusion_matrix(test.classes, y_pred))
print(classification_report(test.classes, y_pred, target_names=list(test.class_indices)))
