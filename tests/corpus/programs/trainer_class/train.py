import numpy as np
from tensorflow.keras.preprocessing import image
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense, Flatten, Dropout
from tensorflow.keras.models import Model, load_model
from tensorflow.keras.callbacks import ModelCheckpoint, EarlyStopping


class MaskTrainer:
    def __init__(self, data_dir, image_size=(224, 224), batch_size=32):
        self.data_dir = data_dir
        self.image_size = image_size
        self.batch_size = batch_size
        self.model = None

    def build(self, n_classes=2):
        base = VGG16(weights='imagenet', include_top=False, input_shape=self.image_size + (3,))
        for layer in base.layers:
            layer.trainable = False
        x = Flatten()(base.output)
        x = Dense(128, activation='relu')(x)
        x = Dropout(0.5)(x)
        self.model = Model(base.input, Dense(n_classes, activation='softmax')(x))
        self.model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
        return self

    def _flow(self, split, augment):
        args = dict(rotation_range=20, horizontal_flip=True) if augment else {}
        gen = ImageDataGenerator(preprocessing_function=preprocess_input, **args)
        return gen.flow_from_directory(f'{self.data_dir}/{split}', target_size=self.image_size, batch_size=self.batch_size, shuffle=augment)

    def fit(self, epochs=10):
        cb = [ModelCheckpoint('best.keras', save_best_only=True), EarlyStopping(patience=3, restore_best_weights=True)]
        return self.model.fit(self._flow('train', True), validation_data=self._flow('val', False), epochs=epochs, callbacks=cb)

    def predict(self, path):
        img = image.load_img(path, target_size=self.image_size)
        arr = image.img_to_array(img) / 255.0
        arr = np.expand_dims(arr, 0)
        return self.model.predict(arr)


if __name__ == '__main__':
    t = MaskTrainer('mask_data').build()
    t.fit(12)
    print(t.predict('sample.jpg'))
