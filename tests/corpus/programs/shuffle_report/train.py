import numpy as np
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.applications.inception_v3 import InceptionV3, preprocess_input
from tensorflow.keras.layers import *
from tensorflow.keras.models import *
from sklearn.metrics import confusion_matrix, classification_report

IMG = (299, 299)
train_datagen = ImageDataGenerator(preprocessing_function=preprocess_input, shear_range=0.2, zoom_range=0.2)
test_datagen = ImageDataGenerator(preprocessing_function=preprocess_input)
training_set = train_datagen.flow_from_directory('chest_xray/train', target_size=IMG, batch_size=16, class_mode='binary')
test_set = test_datagen.flow_from_directory('chest_xray/test', target_size=IMG, batch_size=16, class_mode='binary')
inc = InceptionV3(input_shape=IMG + (3,), weights='imagenet', include_top=False)
for l in inc.layers:
    l.trainable = False
x = Flatten()(AveragePooling2D(8)(inc.output))
model = Model(inputs=inc.input, outputs=Dense(1, activation='sigmoid')(x))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
r = model.fit(training_set, validation_data=test_set, epochs=5)
y_pred = (model.predict(test_set) > 0.5).astype(int).ravel()
print(confusion_matrix(test_set.classes, y_pred))
print(classification_report(test_set.classes, y_pred, target_names=list(test_set.class_indices)))
