import keras
from keras import layers
train = keras.utils.image_dataset_from_directory('t', validation_split=.1, subset='training', seed=0, image_size=(224, 224), label_mode='categorical')
valid = keras.utils.image_dataset_from_directory('t', validation_split=.1, subset='validation', seed=0, image_size=(224, 224), label_mode='categorical')
base = keras.applications.VGG16(include_top=False, pooling='avg')
base.trainable = False
x = i = keras.Input((224, 224, 3))
for step in (layers.RandomFlip(), keras.applications.vgg16.preprocess_input, base, layers.Dense(4), layers.Softmax()):
    x = step(x)
model = keras.Model(i, x)
model.compile(optimizer=keras.optimizers.Adam(learning_rate=keras.optimizers.schedules.PiecewiseConstantDecay([500], [1e-3, 1e-4])),
              loss=keras.losses.CategoricalCrossentropy(), metrics=[keras.metrics.CategoricalAccuracy(), keras.metrics.Precision()])
model.fit(train, validation_data=valid, epochs=9)
