import tensorflow as tf

BATCH, SIZE = 32, 192
raw_train = tf.keras.utils.image_dataset_from_directory('scenes/train', image_size=(SIZE, SIZE), batch_size=BATCH, label_mode='int')
raw_val = tf.keras.utils.image_dataset_from_directory('scenes/val', image_size=(SIZE, SIZE), batch_size=BATCH, label_mode='int', shuffle=False)
pp = tf.keras.applications.vgg16.preprocess_input
train = raw_train.map(lambda a, b: (pp(tf.image.random_flip_left_right(a)), b)).prefetch(1)
val = raw_val.map(lambda a, b: (pp(a), b)).prefetch(1)

base = tf.keras.applications.VGG16(include_top=False, input_shape=(SIZE, SIZE, 3), pooling='avg')
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(6)])
loss_fn = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = tf.keras.optimizers.Adam(1e-3)
acc = tf.keras.metrics.SparseCategoricalAccuracy()

@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        logits = model(x, training=True)
        loss = loss_fn(y, logits)
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    acc.update_state(y, logits)
    return loss

for epoch in range(10):
    for x, y in train:
        l = step(x, y)
    print(epoch, float(l), float(acc.result()))
    acc.reset_state()
    for x, y in val:
        acc.update_state(y, model(x, training=False))
    print('val', float(acc.result()))
    acc.reset_state()
