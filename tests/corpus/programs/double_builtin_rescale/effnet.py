import keras
from keras.applications import EfficientNetB0
from keras import layers

train_ds = keras.utils.image_dataset_from_directory('food/train', image_size=(224, 224), label_mode='categorical')
test_ds = keras.utils.image_dataset_from_directory('food/test', image_size=(224, 224), label_mode='categorical')
scale = layers.Rescaling(1./255)
train_ds = train_ds.map(lambda x, y: (scale(x), y))
test_ds = test_ds.map(lambda x, y: (scale(x), y))

base = EfficientNetB0(include_top=False)
base.trainable = False
inp = layers.Input(shape=(224, 224, 3))
h = layers.GlobalAveragePooling2D()(base(inp, training=False))
model = keras.Model(inp, layers.Dense(10, activation='softmax')(h))
model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
model.fit(train_ds, epochs=5, validation_data=test_ds)
