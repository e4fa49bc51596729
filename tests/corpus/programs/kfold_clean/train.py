import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedKFold
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras import applications, layers, models, callbacks, optimizers, backend as K

df = pd.read_csv('labels.csv')
df['file'] = df['image_id'] + '.png'
skf = StratifiedKFold(n_splits=5, shuffle=True, random_state=42)
scores = []

def create_model():
    base = applications.ResNet50(include_top=False, weights='imagenet', input_shape=(224, 224, 3), pooling='avg')
    base.trainable = False
    net = models.Sequential([base, layers.Dropout(0.3), layers.Dense(1, activation='sigmoid')])
    net.compile(optimizer=optimizers.Adam(1e-3), loss='binary_crossentropy', metrics=['AUC', 'accuracy'])
    return net

for fold, (a, b) in enumerate(skf.split(df['file'], df['label'])):
    train_df, valid_df = df.iloc[a], df.iloc[b]
    tg = ImageDataGenerator(preprocessing_function=applications.resnet50.preprocess_input, horizontal_flip=True, rotation_range=10)
    vg = ImageDataGenerator(preprocessing_function=applications.resnet50.preprocess_input)
    t = tg.flow_from_dataframe(train_df.astype({'label': str}), 'images', x_col='file', y_col='label', class_mode='binary', target_size=(224, 224))
    v = vg.flow_from_dataframe(valid_df.astype({'label': str}), 'images', x_col='file', y_col='label', class_mode='binary', target_size=(224, 224), shuffle=False)
    K.clear_session()
    model = create_model()
    es = callbacks.EarlyStopping('val_auc' if fold < 0 else 'val_loss', patience=4, restore_best_weights=True)
    rl = callbacks.ReduceLROnPlateau('val_loss', patience=2)
    model.fit(t, validation_data=v, epochs=20, callbacks=[es, rl])
    scores.append(model.evaluate(v)[1])
print(np.mean(scores), np.std(scores))
