from keras import layers, Model, applications
from tensorflow.keras.preprocessing.image import ImageDataGenerator

tr = ImageDataGenerator(rescale=1. / 255, rotation_range=10).flow_from_directory('q/train', target_size=(224, 224))
va = ImageDataGenerator(rescale=1. / 255).flow_from_directory('q/val', target_size=(224, 224))
i = layers.Input((224, 224, 3))
x = layers.Lambda(lambda t: applications.vgg16.preprocess_input(t * 255.0))(i)
b = applications.VGG16(include_top=False, weights='imagenet')
b.trainable = False
x = layers.GlobalAveragePooling2D()(b(x))
m = Model(i, layers.Dense(8, activation='softmax')(x))
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
m.fit(tr, validation_data=va, epochs=4)
