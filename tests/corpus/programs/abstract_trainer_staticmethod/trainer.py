from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import List, Tuple

from tensorflow import keras


@dataclass
class Settings:
    root: str = 'buildings'
    size: Tuple[int, int] = (299, 299)
    batch: int = 16
    epochs: int = 12
    classes: List[str] = field(default_factory=lambda: ['crack', 'spall', 'stain'])
    rate: float = 1e-4


class Trainer(ABC):
    preprocess = None

    def __init__(self, s: Settings):
        self.s = s
        self.net = self.build()
        self.net.compile(keras.optimizers.Adam(s.rate), 'categorical_crossentropy', metrics=['accuracy'])

    @abstractmethod
    def backbone(self): ...

    def build(self):
        b = self.backbone()
        b.trainable = False
        x = keras.layers.GlobalAveragePooling2D()(b.output)
        x = keras.layers.Dense(128, activation='relu')(x)
        return keras.Model(b.input, keras.layers.Dense(len(self.s.classes), activation='softmax')(x))

    def data(self, part, shuffle):
        ds = keras.utils.image_dataset_from_directory(f'{self.s.root}/{part}', class_names=self.s.classes, label_mode='categorical',
                                                      image_size=self.s.size, batch_size=self.s.batch, shuffle=shuffle)
        fn = type(self).preprocess
        return ds.map(lambda a, b: (fn(a), b))

    def run(self):
        return self.net.fit(self.data('train', True), validation_data=self.data('val', False), epochs=self.s.epochs)
