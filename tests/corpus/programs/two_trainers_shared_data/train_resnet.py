import keras
from keras.applications.resnet50 import ResNet50, preprocess_input
from data_utils import get_generators

tr, va = get_generators('pollen', 224, 32, prep=preprocess_input)
res = ResNet50(include_top=False, input_shape=(224, 224, 3), pooling='avg')
res.trainable = False
net = keras.Sequential([res, keras.layers.Dense(tr.num_classes, activation='softmax')])
net.compile('adam', 'categorical_crossentropy', metrics=['accuracy', 'f1_score'])
net.fit(tr, validation_data=va, epochs=30, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=3)])
