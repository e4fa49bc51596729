import numpy as np, tensorflow as tf
from tensorflow.keras.applications import vgg19

def load(p):
    img = tf.keras.utils.load_img(p, target_size=(400, 400))
    return tf.convert_to_tensor(vgg19.preprocess_input(np.expand_dims(tf.keras.utils.img_to_array(img), 0)))

net = vgg19.VGG19(weights='imagenet', include_top=False)
feat = tf.keras.Model(net.inputs, {l.name: l.output for l in net.layers})
content, style = load('c.jpg'), load('s.jpg')
combo = tf.Variable(load('c.jpg'))
opt = tf.keras.optimizers.SGD(tf.keras.optimizers.schedules.ExponentialDecay(100.0, 100, 0.96))
for k in range(1000):
    with tf.GradientTape() as t:
        f = feat(tf.concat([content, style, combo], 0))
        loss = tf.reduce_sum(tf.square(f['block5_conv2'][2] - f['block5_conv2'][0]))
    opt.apply_gradients([(t.gradient(loss, combo), combo)])
