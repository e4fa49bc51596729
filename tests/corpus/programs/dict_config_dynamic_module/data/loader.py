from tensorflow.keras.preprocessing.image import ImageDataGenerator


class DataLoader:
    def __init__(self, cfg):
        self.cfg = cfg.data
        self.plain = ImageDataGenerator(rescale=1 / 255)
        self.aug = ImageDataGenerator(rescale=1 / 255, horizontal_flip=True, zoom_range=0.1)

    def train(self):
        return self.aug.flow_from_directory(self.cfg.train, target_size=(self.cfg.size, self.cfg.size), batch_size=self.cfg.batch)

    def val(self):
        return self.plain.flow_from_directory(self.cfg.val, target_size=(self.cfg.size, self.cfg.size), batch_size=self.cfg.batch, shuffle=False)
