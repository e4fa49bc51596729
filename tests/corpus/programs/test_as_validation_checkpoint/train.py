import tensorflow as tf
from tensorflow.keras.callbacks import EarlyStopping, ModelCheckpoint
from tensorflow.keras.applications import vgg16
tr = tf.keras.utils.image_dataset_from_directory("q/train", image_size=(224, 224))
te = tf.keras.utils.image_dataset_from_directory("q/test", image_size=(224, 224), shuffle=False)
i = tf.keras.Input((224, 224, 3))
b = vgg16.VGG16(include_top=False, pooling="avg"); b.trainable = False
x = vgg16.preprocess_input(tf.keras.layers.RandomFlip()(i))
m = tf.keras.Model(i, tf.keras.layers.Dense(3, activation="softmax")(b(x)))
m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
ck = ModelCheckpoint("best.keras", save_best_only=True)
es = EarlyStopping(patience=4, restore_best_weights=True)
m.fit(tr, validation_data=te, epochs=40, callbacks=[ck, es])
test_loss, test_acc = m.evaluate(te)
print("Test accuracy:", test_acc)
