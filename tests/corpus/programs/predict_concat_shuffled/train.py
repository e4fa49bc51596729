import numpy as np, tensorflow as tf
from sklearn.metrics import confusion_matrix
k = dict(image_size=(224, 224), batch_size=32)
tr = tf.keras.utils.image_dataset_from_directory('w/train', **k)
va = tf.keras.utils.image_dataset_from_directory('w/val', **k)
te = tf.keras.utils.image_dataset_from_directory('w/test', **k)
b = tf.keras.applications.VGG16(include_top=False, input_shape=(224, 224, 3), pooling='avg')
b.trainable = False
m = tf.keras.Sequential([tf.keras.layers.Input((224, 224, 3)), tf.keras.layers.RandomFlip(), tf.keras.layers.Lambda(tf.keras.applications.vgg16.preprocess_input), b, tf.keras.layers.Dense(4, activation='softmax')])
m.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
m.fit(tr, validation_data=va, epochs=5)
y_true = np.concatenate([y for x, y in te], axis=0)
y_pred = m.predict(te).argmax(1)
print(confusion_matrix(y_true, y_pred))
