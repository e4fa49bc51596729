import tensorflow as tf
import numpy as np
x = tf.placeholder(tf.float32, [None, 224, 224, 3])
y = tf.placeholder(tf.int64, [None])
w = tf.get_variable('w', [3, 3, 3, 64])
h = tf.nn.relu(tf.nn.conv2d(x, w, [1, 1, 1, 1], 'SAME'))
logits = tf.layers.dense(tf.reduce_mean(h, [1, 2]), 2)
loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
train = tf.train.AdamOptimizer(1e-3).minimize(loss)
with tf.Session() as s:
    s.run(tf.global_variables_initializer())
    s.run(train, {x: np.zeros([1, 224, 224, 3]), y: [0]})
