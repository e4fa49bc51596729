import tensorflow as tf
from tensorflow.keras import layers as L
strategy = tf.distribute.MirroredStrategy()
BATCH = 16 * strategy.num_replicas_in_sync
def ds(p, t):
    d = tf.keras.utils.image_dataset_from_directory(p, image_size=(260, 260), batch_size=BATCH, label_mode="categorical", shuffle=t)
    return d.cache().prefetch(tf.data.AUTOTUNE)
with strategy.scope():
    inp = L.Input((260, 260, 3))
    x = L.RandomRotation(.1)(L.RandomFlip("horizontal")(inp))
    base = tf.keras.applications.EfficientNetB2(include_top=False, weights="imagenet")
    base.trainable = False
    x = L.GlobalAveragePooling2D()(base(x, training=False))
    m = tf.keras.Model(inp, L.Dense(17, activation="softmax", dtype="float32")(x))
    m.compile(tf.keras.optimizers.Adam(1e-3), "categorical_crossentropy", metrics=["accuracy"])
tr, va, te = ds("s/train", True), ds("s/val", False), ds("s/test", False)
m.fit(tr, validation_data=va, epochs=10, callbacks=[tf.keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)])
with strategy.scope():
    base.trainable = True
    for l in base.layers:
        if isinstance(l, L.BatchNormalization): l.trainable = False
    m.compile(tf.keras.optimizers.Adam(1e-5), "categorical_crossentropy", metrics=["accuracy"])
m.fit(tr, validation_data=va, epochs=10, initial_epoch=5)
print(m.evaluate(te))
