import tensorflow as tf
import tensorflow_datasets as tfds

(train, val), info = tfds.load('cats_vs_dogs', split=['train[:80%]', 'train[80%:]'], as_supervised=True, with_info=True)

def fmt(image, label):
    image = tf.cast(image, tf.float32)
    image = tf.image.resize(image, (160, 160)) / 255.0
    return image, label

train = train.map(fmt).shuffle(1000).batch(32).prefetch(1)
val = val.map(fmt).batch(32).prefetch(1)
base = tf.keras.applications.VGG16(input_shape=(160, 160, 3), include_top=False)
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.GlobalAveragePooling2D(), tf.keras.layers.Dense(1)])
model.compile(optimizer=tf.keras.optimizers.RMSprop(learning_rate=1e-4), loss=tf.keras.losses.BinaryCrossentropy(from_logits=True), metrics=['accuracy'])
model.fit(train, epochs=10, validation_data=val)
