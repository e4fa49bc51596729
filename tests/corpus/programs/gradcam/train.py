import sys, cv2, numpy as np, tensorflow as tf
from tensorflow.keras.models import load_model
from tensorflow.keras.applications.vgg16 import preprocess_input

m = load_model('finetuned.keras')
img = tf.keras.utils.img_to_array(tf.keras.utils.load_img(sys.argv[1], target_size=(224, 224)))
x = preprocess_input(img[None].copy())
g = tf.keras.Model(m.inputs, [m.get_layer('block5_conv3').output, m.output])
with tf.GradientTape() as t:
    a, p = g(x)
    top = p[:, tf.argmax(p[0])]
w = tf.reduce_mean(t.gradient(top, a), (0, 1, 2))
h = np.maximum(np.sum(a[0] * w, -1), 0)
h = cv2.applyColorMap(np.uint8(255 * cv2.resize(h / h.max(), (224, 224))), cv2.COLORMAP_JET)
cv2.imwrite('cam.png', h * .4 + img[..., ::-1])
