import pandas as pd
from sklearn.model_selection import train_test_split
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.applications import ResNet50
from tensorflow.keras.applications.resnet50 import preprocess_input
from tensorflow.keras.layers import Dense, GlobalAveragePooling2D
from tensorflow.keras.models import Model

df = pd.read_csv('aptos/train.csv', dtype=str)
df['id_code'] = df['id_code'].apply(lambda s: s + '.png')
train, val = train_test_split(df, test_size=0.15, random_state=2, stratify=df['diagnosis'])
gen = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True, vertical_flip=True, rotation_range=160)
args = dict(directory='aptos/images', x_col='id_code', y_col='diagnosis', class_mode='categorical', target_size=(224, 224), batch_size=32)
t = gen.flow_from_dataframe(train, **args)
v = gen.flow_from_dataframe(val, **args)
b = ResNet50(include_top=False, weights='imagenet', input_shape=(224, 224, 3))
for l in b.layers:
    l.trainable = False
m = Model(b.input, Dense(5, activation='softmax')(GlobalAveragePooling2D()(b.output)))
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
m.fit(t, validation_data=v, epochs=10)
