from keras import applications, layers, Model, optimizers
from tensorflow.keras.preprocessing.image import ImageDataGenerator
p = applications.vgg19.preprocess_input
t = ImageDataGenerator(preprocessing_function=p, horizontal_flip=True).flow_from_directory('b/train', target_size=(224, 224), class_mode='sparse')
v = ImageDataGenerator(preprocessing_function=p).flow_from_directory('b/val', target_size=(224, 224), class_mode='sparse')
b = applications.VGG19(include_top=False, weights='imagenet', input_shape=(224, 224, 3))
for l in b.layers[:17]:
    l.trainable = False
x = layers.GlobalAveragePooling2D()(b.output)
m = Model(b.input, layers.Dense(15, activation='softmax')(x))
m.compile(optimizers.SGD(learning_rate=0.05, momentum=0.9), 'sparse_categorical_crossentropy', metrics=['accuracy'])
m.fit(t, validation_data=v, epochs=30)
