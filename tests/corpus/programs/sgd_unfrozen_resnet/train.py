import tensorflow as tf
from tensorflow.keras.applications import ResNet152V2
from tensorflow.keras.applications.resnet_v2 import preprocess_input
train = tf.keras.utils.image_dataset_from_directory("food/train", label_mode="categorical", image_size=(224, 224))
valid = tf.keras.utils.image_dataset_from_directory("food/valid", label_mode="categorical", image_size=(224, 224))
prep = lambda x, y: (preprocess_input(x), y)
train, valid = train.map(prep), valid.map(prep)
aug = tf.keras.Sequential([tf.keras.layers.RandomFlip("horizontal"), tf.keras.layers.RandomRotation(.05)])
train = train.map(lambda x, y: (aug(x, training=True), y)).prefetch(tf.data.AUTOTUNE)
inp = tf.keras.Input((224, 224, 3))
base = ResNet152V2(include_top=False, input_tensor=inp)
h = tf.keras.layers.GlobalAveragePooling2D()(base.output)
model = tf.keras.Model(inp, tf.keras.layers.Dense(101, activation="softmax")(h))
model.compile(optimizer=tf.keras.optimizers.SGD(learning_rate=0.1, momentum=0.9), loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=valid, epochs=30)
