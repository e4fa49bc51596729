import tensorflow as tf
class Cfg: LR1 = 1e-3; LR2 = 1e-3; E1 = 3; E2 = 10; N = 15
tr = tf.keras.utils.image_dataset_from_directory("leaf/train", image_size=(256, 256))
va = tf.keras.utils.image_dataset_from_directory("leaf/val", image_size=(256, 256))
base = tf.keras.applications.ConvNeXtTiny(include_top=False, pooling="avg", input_shape=(256, 256, 3))
m = tf.keras.Sequential([tf.keras.layers.RandomFlip(), base, tf.keras.layers.Dense(Cfg.N)])
sparse = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
def phase(train_base, lr, epochs):
    base.trainable = train_base
    opt = tf.keras.optimizers.Adam(learning_rate=lr)
    m.compile(optimizer=opt, loss=sparse, metrics=["accuracy"])
    return m.fit(tr, validation_data=va, epochs=epochs)
phase(False, Cfg.LR1, Cfg.E1)
phase(True, Cfg.LR2, Cfg.E2)
