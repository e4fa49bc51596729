import pandas as pd
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.applications.densenet import DenseNet121, preprocess_input
from tensorflow.keras import layers, Model, metrics

cols = ['Atelectasis', 'Effusion', 'Mass']
tr_df, va_df = pd.read_csv('train.csv'), pd.read_csv('valid.csv')
tr = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True).flow_from_dataframe(tr_df, 'img', x_col='Image', y_col=cols, class_mode='raw', target_size=(320, 320), batch_size=8)
va = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_dataframe(va_df, 'img', x_col='Image', y_col=cols, class_mode='raw', target_size=(320, 320), batch_size=8, shuffle=False)
b = DenseNet121(include_top=False, weights='imagenet', pooling='avg', input_shape=(320, 320, 3))
for l in b.layers:
    l.trainable = False
m = Model(b.input, layers.Dense(len(cols), activation='sigmoid')(b.output))
m.compile('adam', 'binary_crossentropy', metrics=[metrics.AUC(multi_label=True)])
m.fit(tr, validation_data=va, epochs=5)
