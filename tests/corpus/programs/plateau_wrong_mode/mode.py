import keras
from keras.applications.densenet import DenseNet121, preprocess_input

tr = keras.utils.image_dataset_from_directory('toad/train', image_size=(224, 224)).map(lambda x, y: (preprocess_input(x), y))
va = keras.utils.image_dataset_from_directory('toad/val', image_size=(224, 224)).map(lambda x, y: (preprocess_input(x), y))
base = DenseNet121(include_top=False, pooling='avg', input_shape=(224, 224, 3))
base.trainable = False
m = keras.Sequential([keras.Input((224, 224, 3)), keras.layers.RandomFlip('horizontal'), base, keras.layers.Dense(3, activation='softmax')])
m.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
m.fit(tr, validation_data=va, epochs=30, callbacks=[
    keras.callbacks.ReduceLROnPlateau(monitor='val_accuracy', mode='min', patience=3),
    keras.callbacks.EarlyStopping(monitor='val_accuracy', mode='max', patience=8, restore_best_weights=True)])
