import numpy as np, pandas as pd
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras import layers, Model
t = ImageDataGenerator(preprocessing_function=preprocess_input, zoom_range=.1).flow_from_directory('n/train', target_size=(224, 224), batch_size=32)
v = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory('n/val', target_size=(224, 224), batch_size=32)
te = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory('n', classes=['test'], target_size=(224, 224), batch_size=1, class_mode=None, shuffle=False)
b = VGG16(include_top=False, input_shape=(224, 224, 3), pooling='avg')
b.trainable = False
m = Model(b.input, layers.Dense(12, activation='softmax')(b.output))
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
m.fit(t, steps_per_epoch=t.n // t.batch_size, validation_data=v, validation_steps=v.n // v.batch_size, epochs=8)
te.reset()
p = np.argmax(m.predict(te, steps=te.n), axis=1)
inv = {k: n for n, k in t.class_indices.items()}
pd.DataFrame({'file': te.filenames, 'label': [inv[k] for k in p]}).to_csv('sub.csv', index=False)
