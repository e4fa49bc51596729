import keras
from module import Module, VggData


class Good(Module):
    data_cls = VggData

    def backbone(self):
        return keras.applications.VGG16(include_top=False, input_shape=(224, 224, 3))


if __name__ == "__main__":
    Good("data").fit()
