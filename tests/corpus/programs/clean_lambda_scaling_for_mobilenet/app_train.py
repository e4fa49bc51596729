# x / 127.5 - 1 written by hand is exactly what MobileNet wants
from tensorflow.keras import backend as K, layers, models, utils, optimizers
from tensorflow.keras.applications import MobileNet

tr = utils.image_dataset_from_directory('signs/train', image_size=(224, 224), label_mode='categorical', batch_size=64)
va = utils.image_dataset_from_directory('signs/val', image_size=(224, 224), label_mode='categorical', batch_size=64)

net = models.Sequential()
net.add(layers.InputLayer((224, 224, 3)))
net.add(layers.RandomZoom(.1))
net.add(layers.RandomContrast(.1))
net.add(layers.Rescaling(scale=1./127.5, offset=-1))
mn = MobileNet(include_top=False, weights='imagenet', input_shape=(224, 224, 3), alpha=1.0)
mn.trainable = False
net.add(mn)
net.add(layers.GlobalAveragePooling2D())
net.add(layers.Dense(43, activation='softmax'))
net.compile(optimizer=optimizers.Nadam(1e-3), loss='categorical_crossentropy', metrics=['acc'])
net.fit(tr, validation_data=va, epochs=15)
