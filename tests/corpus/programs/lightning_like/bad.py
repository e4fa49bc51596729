import keras
from module import Module


class Bad(Module):
    def backbone(self):
        return keras.applications.VGG19(include_top=False, input_shape=(224, 224, 3))


if __name__ == "__main__":
    Bad("data").fit()
