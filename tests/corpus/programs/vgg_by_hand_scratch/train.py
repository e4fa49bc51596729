from keras.models import Sequential
from keras.layers import Conv2D, MaxPool2D, Flatten, Dense, Input, Rescaling, RandomFlip
from keras.optimizers import Adam
from keras.utils import image_dataset_from_directory

tr = image_dataset_from_directory('dc/train', image_size=(224, 224), label_mode='categorical')
va = image_dataset_from_directory('dc/test', image_size=(224, 224), label_mode='categorical')

def block(m, n, f):
    for _ in range(n):
        m.add(Conv2D(f, 3, padding='same', activation='relu'))
    m.add(MaxPool2D(2, 2))

model = Sequential([Input((224, 224, 3)), RandomFlip('horizontal'), Rescaling(1 / 255)])
for n, f in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
    block(model, n, f)
model.add(Flatten())
model.add(Dense(4096, activation='relu'))
model.add(Dense(4096, activation='relu'))
model.add(Dense(2, activation='softmax'))
model.compile(optimizer=Adam(learning_rate=0.001), loss='categorical_crossentropy', metrics=['accuracy'])
model.fit(tr, validation_data=va, epochs=100)
