import tensorflow as tf


class PetNet(tf.keras.Model):
    def __init__(self, n_classes, dropout=0.2):
        super().__init__()
        self.aug = tf.keras.Sequential([tf.keras.layers.RandomFlip("horizontal"), tf.keras.layers.RandomZoom(0.1)])
        self.base = tf.keras.applications.VGG19(weights="imagenet", include_top=False)
        self.base.trainable = False
        self.pool = tf.keras.layers.GlobalAveragePooling2D()
        self.drop = tf.keras.layers.Dropout(dropout)
        self.out = tf.keras.layers.Dense(n_classes, activation="softmax")

    def call(self, x, training=None):
        x = self.aug(x, training=training)
        x = self.base(x, training=False)
        x = self.pool(x)
        return self.out(self.drop(x, training=training))


train_ds = tf.keras.utils.image_dataset_from_directory("pets/train", image_size=(224, 224))
val_ds = tf.keras.utils.image_dataset_from_directory("pets/val", image_size=(224, 224))
model = PetNet(n_classes=len(train_ds.class_names))
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train_ds, validation_data=val_ds, epochs=10)
