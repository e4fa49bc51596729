import numpy as np
from keras.preprocessing.image import ImageDataGenerator
from keras.models import Sequential
from keras.layers import Dropout, Flatten, Dense
from keras import applications

top_model_weights_path = 'bottleneck_fc_model.h5'
train_data_dir = 'data/train'
validation_data_dir = 'data/validation'
nb_train_samples = 2000
nb_validation_samples = 800
epochs = 50
batch_size = 16

def save_features():
    datagen = ImageDataGenerator(rescale=1. / 255)
    model = applications.VGG16(include_top=False, weights='imagenet')
    generator = datagen.flow_from_directory(train_data_dir, target_size=(150, 150), batch_size=batch_size, class_mode=None, shuffle=False)
    feats = model.predict_generator(generator, nb_train_samples // batch_size)
    np.save(open('train.npy', 'wb'), feats)
    generator = datagen.flow_from_directory(validation_data_dir, target_size=(150, 150), batch_size=batch_size, class_mode=None, shuffle=False)
    feats = model.predict_generator(generator, nb_validation_samples // batch_size)
    np.save(open('val.npy', 'wb'), feats)

def train_top():
    train_data = np.load(open('train.npy', 'rb'))
    train_labels = np.array([0] * (nb_train_samples // 2) + [1] * (nb_train_samples // 2))
    validation_data = np.load(open('val.npy', 'rb'))
    validation_labels = np.array([0] * (nb_validation_samples // 2) + [1] * (nb_validation_samples // 2))
    model = Sequential()
    model.add(Flatten(input_shape=train_data.shape[1:]))
    model.add(Dense(256, activation='relu'))
    model.add(Dropout(0.5))
    model.add(Dense(1, activation='sigmoid'))
    model.compile(optimizer='rmsprop', loss='binary_crossentropy', metrics=['accuracy'])
    model.fit(train_data, train_labels, epochs=epochs, batch_size=batch_size, validation_data=(validation_data, validation_labels))
    model.save_weights(top_model_weights_path)

save_features()
train_top()
