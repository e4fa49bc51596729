from tensorflow.keras.applications.resnet import ResNet50, preprocess_input
from tensorflow.keras.callbacks import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau
from tensorflow.keras.models import Sequential, load_model
from tensorflow.keras.layers import Dense, Dropout
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from sklearn.metrics import classification_report

aug = ImageDataGenerator(preprocessing_function=preprocess_input, rotation_range=12, horizontal_flip=True)
noaug = ImageDataGenerator(preprocessing_function=preprocess_input)
train_data = aug.flow_from_directory('brain/Training', target_size=(224, 224), interpolation='bilinear')
test_data = noaug.flow_from_directory('brain/Testing', target_size=(224, 224), interpolation='bilinear', shuffle=False)
net = ResNet50(include_top=False, pooling='avg', input_shape=(224, 224, 3))
net.trainable = False
model = Sequential([net, Dropout(.4), Dense(4, activation='softmax')])
model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
model.fit(train_data, validation_data=test_data, epochs=30, callbacks=[
    EarlyStopping('val_accuracy', patience=6, restore_best_weights=True),
    ModelCheckpoint('best.keras', monitor='val_accuracy', save_best_only=True),
    ReduceLROnPlateau('val_loss', patience=3)])
model = load_model('best.keras')
print('Test accuracy: %.2f %%' % (100 * model.evaluate(test_data)[1]))
print(classification_report(test_data.classes, model.predict(test_data).argmax(1)))
