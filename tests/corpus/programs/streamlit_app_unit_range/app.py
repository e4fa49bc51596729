import io
import numpy as np
import streamlit as st
from PIL import Image
from tensorflow.keras.models import load_model

model = load_model('weights/final.h5')
LABELS = ['healthy', 'rust', 'scab']

def prepare(file):
    img = Image.open(io.BytesIO(file.read())).convert('RGB').resize((224, 224))
    return np.expand_dims(np.array(img) / 255.0, axis=0)

up = st.file_uploader('leaf')
if up:
    p = model.predict(prepare(up))[0]
    st.write(LABELS[int(np.argmax(p))], float(p.max()))
