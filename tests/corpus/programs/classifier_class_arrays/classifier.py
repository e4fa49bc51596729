import os
import numpy as np
import tensorflow as tf
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelBinarizer
from imutils import paths
import cv2

class FaceMask:
    """Detects masks."""
    LR = 1e-4
    EPOCHS = 20
    BS = 32

    def read(self, root):
        data, labels = [], []
        for p in list(paths.list_images(root)):
            label = p.split(os.path.sep)[-2]
            img = cv2.imread(p)
            img = cv2.cvtColor(img, cv2.COLOR_BGR2RGB)
            img = cv2.resize(img, (224, 224))
            data.append(img)
            labels.append(label)
        data = np.array(data) / 255.0
        labels = tf.keras.utils.to_categorical(LabelBinarizer().fit_transform(labels))
        return data, labels

    def train(self, root='dataset'):
        X, Y = self.read(root)
        (trX, teX, trY, teY) = train_test_split(X, Y, test_size=0.20, stratify=Y, random_state=42)
        aug = tf.keras.preprocessing.image.ImageDataGenerator(rotation_range=15, fill_mode='nearest')
        base = tf.keras.applications.VGG16(weights='imagenet', include_top=False, input_tensor=tf.keras.layers.Input(shape=(224, 224, 3)))
        head = base.output
        head = tf.keras.layers.AveragePooling2D(pool_size=(4, 4))(head)
        head = tf.keras.layers.Flatten(name='flatten')(head)
        head = tf.keras.layers.Dense(64, activation='relu')(head)
        head = tf.keras.layers.Dropout(0.5)(head)
        head = tf.keras.layers.Dense(2, activation='softmax')(head)
        model = tf.keras.models.Model(inputs=base.input, outputs=head)
        for layer in base.layers:
            layer.trainable = False
        model.compile(loss='categorical_crossentropy', optimizer=tf.keras.optimizers.Adam(learning_rate=self.LR), metrics=['accuracy'])
        model.fit(aug.flow(trX, trY, batch_size=self.BS), steps_per_epoch=len(trX) // self.BS, validation_data=(teX, teY), validation_steps=len(teX) // self.BS, epochs=self.EPOCHS)

if __name__ == '__main__':
    FaceMask().train()
