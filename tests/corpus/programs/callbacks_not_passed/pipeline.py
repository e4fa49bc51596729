from keras.callbacks import EarlyStopping, ReduceLROnPlateau, ModelCheckpoint, TensorBoard
from keras import layers, models
from keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator


def get_callbacks():
    return [EarlyStopping(patience=5, restore_best_weights=True), ReduceLROnPlateau(patience=2)]


def generators(root):
    aug = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True, rotation_range=15)
    raw = ImageDataGenerator(preprocessing_function=preprocess_input)
    kw = {'target_size': (224, 224), 'class_mode': 'categorical', 'interpolation': 'bilinear'}
    return aug.flow_from_directory(root + '/train', **kw), raw.flow_from_directory(root + '/val', **kw)


def network(n):
    vgg = VGG16(include_top=False, input_shape=(224, 224, 3))
    vgg.trainable = False
    net = models.Sequential([vgg, layers.Flatten(), layers.Dropout(0.5), layers.Dense(n, activation='softmax')])
    net.compile('adam', 'categorical_crossentropy', metrics=['accuracy', 'auc'])
    return net


if __name__ == '__main__':
    tr, va = generators('./gems')
    model = network(tr.num_classes)
    callbacks = get_callbacks()
    model.fit(tr, validation_data=va, epochs=30)
