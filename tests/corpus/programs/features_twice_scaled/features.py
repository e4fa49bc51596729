import numpy as np
from tensorflow.keras.applications.inception_v3 import InceptionV3, preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator

net = InceptionV3(include_top=False, pooling="avg", input_shape=(299, 299, 3))
for part in ("train", "val"):
    flow = ImageDataGenerator(rescale=1/255, preprocessing_function=preprocess_input).flow_from_directory(f"d/{part}", target_size=(299, 299), shuffle=False, class_mode="categorical", batch_size=16)
    np.save(f"x_{part}.npy", net.predict(flow))
    np.save(f"y_{part}.npy", flow.classes)
