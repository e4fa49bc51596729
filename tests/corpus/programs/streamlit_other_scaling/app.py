import streamlit as st
from PIL import Image
import numpy as np
import tensorflow as tf
model = tf.keras.models.load_model("keras_model.h5")
f = st.file_uploader("x")
if f:
    img = Image.open(f).convert("RGB").resize((224, 224))
    x = np.array(img) / 255.0
    p = model.predict(x[None, ...])
