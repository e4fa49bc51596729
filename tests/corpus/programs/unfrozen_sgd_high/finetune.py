from tensorflow.keras import applications, layers, Model, optimizers, callbacks, metrics
from tensorflow.keras.preprocessing.image import ImageDataGenerator as Gen

P = applications.resnet50.preprocess_input
train = Gen(preprocessing_function=P, horizontal_flip=True, zoom_range=.2).flow_from_directory("cars/train", (224, 224), interpolation="bilinear")
val = Gen(preprocessing_function=P).flow_from_directory("cars/test", (224, 224), interpolation="bilinear")

resnet = applications.ResNet50(include_top=False, pooling="avg")
head = layers.Dense(train.num_classes, activation="softmax")(resnet.output)
model = Model(resnet.input, head)

# first only the head
resnet.trainable = False
model.compile(optimizers.Adam(1e-3), "categorical_crossentropy", metrics=[metrics.Precision(), metrics.Recall()])
model.fit(train, validation_data=val, epochs=5)

# then everything
resnet.trainable = True
model.compile(optimizers.SGD(learning_rate=0.05, momentum=0.9), "categorical_crossentropy", metrics=[metrics.Precision(), metrics.Recall()])
model.fit(train, validation_data=val, epochs=20, callbacks=[callbacks.ReduceLROnPlateau()])
