from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.applications.densenet import DenseNet121, preprocess_input
from tensorflow.keras.callbacks import ModelCheckpoint, ReduceLROnPlateau, EarlyStopping, TensorBoard
from tensorflow.keras import layers, Model
import datetime

train_dg = ImageDataGenerator(preprocessing_function=preprocess_input, rotation_range=8, horizontal_flip=True)
test_dg = ImageDataGenerator(preprocessing_function=preprocess_input)
tr = train_dg.flow_from_directory('covid/train', target_size=(224, 224), batch_size=32)
va = test_dg.flow_from_directory('covid/val', target_size=(224, 224), batch_size=32)

d = DenseNet121(include_top=False, weights='imagenet', input_shape=(224, 224, 3), pooling='avg')
d.trainable = False
model = Model(d.input, layers.Dense(3, activation='softmax')(d.output))
model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])

log = TensorBoard('logs/' + datetime.datetime.now().strftime('%Y'))
ckpt = ModelCheckpoint('best.keras', monitor='val_acc', save_best_only=True, verbose=1)
rlr = ReduceLROnPlateau(monitor='val_loss', factor=0.5, patience=3)
stop = EarlyStopping(monitor='val_loss', patience=8, restore_best_weights=True)
model.fit(tr, validation_data=va, epochs=40, callbacks=[ckpt, stop, log])
