"""Five folds; the test rows of a fold are used once, after training."""
import glob
import numpy as np
import keras
from keras.applications import resnet_v2
from sklearn.model_selection import KFold, train_test_split
from sklearn.metrics import balanced_accuracy_score
import tensorflow as tf

files = np.array(sorted(glob.glob('moths/*/*.jpg')))
species = np.array([f.split('/')[1] for f in files])
names, y = np.unique(species, return_inverse=True)


def dataset(idx, train):
    ds = tf.data.Dataset.from_tensor_slices((files[idx], y[idx]))
    if train:
        ds = ds.shuffle(len(idx), seed=0)
    ds = ds.map(lambda f, t: (tf.image.resize(tf.io.decode_jpeg(tf.io.read_file(f), channels=3), (224, 224)), t))
    if train:
        ds = ds.map(lambda x, t: (tf.image.random_flip_left_right(x), t))
    ds = ds.map(lambda x, t: (resnet_v2.preprocess_input(x), t))
    return ds.batch(32).prefetch(1)


for trainval, test in KFold(5, shuffle=True, random_state=1).split(files):
    tr, va = train_test_split(trainval, test_size=.15, stratify=y[trainval], random_state=1)
    base = resnet_v2.ResNet101V2(include_top=False, pooling='avg', input_shape=(224, 224, 3))
    base.trainable = False
    model = keras.Sequential([base, keras.layers.Dense(len(names), activation='softmax')])
    model.compile(keras.optimizers.Adam(1e-3), 'sparse_categorical_crossentropy', metrics=['accuracy'])
    model.fit(dataset(tr, True), validation_data=dataset(va, False), epochs=15,
              callbacks=[keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True),
                         keras.callbacks.ReduceLROnPlateau(patience=1)])
    pred = model.predict(dataset(test, False)).argmax(1)
    print(balanced_accuracy_score(y[test], pred))
