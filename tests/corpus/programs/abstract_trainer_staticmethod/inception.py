from tensorflow import keras
from trainer import Settings, Trainer


class InceptionTrainer(Trainer):
    preprocess = staticmethod(keras.applications.vgg16.preprocess_input)

    def backbone(self):
        return keras.applications.InceptionV3(include_top=False, weights='imagenet', input_shape=self.s.size + (3,))


if __name__ == '__main__':
    InceptionTrainer(Settings(epochs=5)).run()
