from tensorflow.keras.applications.nasnet import NASNetMobile, preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras import layers, Model
t = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True).flow_from_directory('n/train', target_size=(224, 224))
v = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory('n/val', target_size=(224, 224), shuffle=False)
b = NASNetMobile(include_top=False, weights='imagenet', input_shape=(224, 224, 3), pooling='avg')
b.trainable = False
m = Model(b.input, layers.Dense(4, activation='softmax')(b.output))
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
m.fit(t, validation_data=v, epochs=9)
yp = m.predict(v).argmax(1)
from sklearn.metrics import f1_score
print(f1_score(v.classes, yp, average='macro'))
