import numpy as np
from tensorflow.keras.models import load_model
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from sklearn.metrics import classification_report
m = load_model("model.h5")
te = ImageDataGenerator(rescale=1./255).flow_from_directory("leaf_test", target_size=(224, 224), class_mode="categorical")
p = m.predict(te)
print(classification_report(te.classes, np.argmax(p, axis=1), target_names=te.class_indices.keys()))
