import tensorflow as tf
from tensorflow.keras.applications import vgg16

ds = tf.keras.utils.image_dataset_from_directory('a/train', image_size=(224, 224), batch_size=16).map(lambda x, y: (vgg16.preprocess_input(x), y))
val = tf.keras.utils.image_dataset_from_directory('a/val', image_size=(224, 224), batch_size=16).map(lambda x, y: (vgg16.preprocess_input(x), y))
base = vgg16.VGG16(include_top=False, pooling='avg')
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(3)])
opt = tf.keras.optimizers.Adam(1e-3)
loss_fn = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
acc = tf.keras.metrics.SparseCategoricalAccuracy()


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    grads = tape.gradient(loss, model.trainable_variables)
    opt.apply_gradients(zip(grads, model.trainable_variables))
    return loss


for epoch in range(5):
    for x, y in ds:
        step(x, y)
    acc.reset_state()
    for x, y in val:
        acc.update_state(y, model(x, training=False))
    print(epoch, float(acc.result()))
