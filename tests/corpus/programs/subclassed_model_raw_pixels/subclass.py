import tensorflow as tf
from tensorflow.keras import layers


class PlantNet(tf.keras.Model):
    def __init__(self, classes):
        super().__init__()
        self.backbone = tf.keras.applications.VGG16(include_top=False, weights='imagenet')
        self.backbone.trainable = False
        self.flip = layers.RandomFlip('horizontal')
        self.pool = layers.GlobalAveragePooling2D()
        self.drop = layers.Dropout(0.3)
        self.out = layers.Dense(classes, activation='softmax')

    def call(self, inputs, training=False):
        x = self.flip(inputs, training=training)
        x = self.backbone(x)
        x = self.pool(x)
        x = self.drop(x, training=training)
        return self.out(x)


train = tf.keras.utils.image_dataset_from_directory('plants/train', image_size=(224, 224))
val = tf.keras.utils.image_dataset_from_directory('plants/val', image_size=(224, 224))
net = PlantNet(len(train.class_names))
net.compile(optimizer=tf.keras.optimizers.Adam(1e-3), loss='sparse_categorical_crossentropy', metrics=['accuracy'])
net.fit(train, validation_data=val, epochs=10, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=2)])
