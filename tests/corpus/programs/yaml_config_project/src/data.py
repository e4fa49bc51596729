from tensorflow.keras.preprocessing.image import ImageDataGenerator


class DataModule:
    def __init__(self, cfg):
        self.cfg = cfg

    def train(self):
        gen = ImageDataGenerator(rescale=1.0 / 255, horizontal_flip=True, rotation_range=12)
        return self._flow(gen, self.cfg['data']['train_dir'], True)

    def val(self):
        return self._flow(ImageDataGenerator(rescale=1.0 / 255), self.cfg['data']['val_dir'], False)

    def _flow(self, gen, folder, shuffle):
        return gen.flow_from_directory(folder, target_size=tuple(self.cfg['data']['image_size']), batch_size=self.cfg['data']['batch_size'], class_mode='categorical', shuffle=shuffle)
