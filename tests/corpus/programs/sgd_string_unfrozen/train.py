from tensorflow.keras.applications import resnet50
from tensorflow.keras import layers as L, Model, utils

tr = utils.image_dataset_from_directory('p/train', image_size=(224, 224), batch_size=32)
va = utils.image_dataset_from_directory('p/val', image_size=(224, 224), batch_size=32)
i = L.Input((224, 224, 3))
x = L.RandomFlip()(i)
x = resnet50.preprocess_input(x)
net = resnet50.ResNet50(include_top=False, weights='imagenet')
x = net(x)
x = L.GlobalAveragePooling2D()(x)
o = L.Dense(38, activation='softmax')(x)
m = Model(i, o)
m.compile('sgd', 'sparse_categorical_crossentropy', metrics=['accuracy'])
m.fit(tr, validation_data=va, epochs=15)
