import numpy as np
from sklearn.utils.class_weight import compute_class_weight
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.applications.resnet_v2 import ResNet152V2, preprocess_input
from tensorflow.keras import layers, models
t = ImageDataGenerator(preprocessing_function=preprocess_input, width_shift_range=.1).flow_from_directory('n/train', target_size=(224, 224), class_mode='sparse')
v = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory('n/val', target_size=(224, 224), class_mode='sparse')
cw = compute_class_weight('balanced', classes=np.unique(t.classes), y=t.classes)
b = ResNet152V2(include_top=False, pooling='avg', input_shape=(224, 224, 3))
b.trainable = False
m = models.Sequential([b, layers.Dense(9, activation='softmax')])
m.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
m.fit(t, validation_data=v, epochs=9, class_weight=dict(enumerate(cw)))
