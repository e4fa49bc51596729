from tensorflow.keras import layers, regularizers, Model, applications, utils, optimizers, callbacks
pp = applications.efficientnet.preprocess_input
t = utils.image_dataset_from_directory('u/train', image_size=(260, 260), label_mode='categorical').map(lambda x, y: (pp(x), y))
v = utils.image_dataset_from_directory('u/val', image_size=(260, 260), label_mode='categorical', shuffle=False).map(lambda x, y: (pp(x), y))
b = applications.EfficientNetB2(include_top=False, weights='imagenet', input_shape=(260, 260, 3), pooling='max')
b.trainable = False
i = layers.Input((260, 260, 3))
x = layers.RandomFlip()(i)
x = b(x, training=False)
x = layers.BatchNormalization(axis=-1, momentum=0.99, epsilon=0.001)(x)
x = layers.Dense(256, kernel_regularizer=regularizers.l2(0.016), activity_regularizer=regularizers.l1(0.006), bias_regularizer=regularizers.l1(0.006), activation='relu')(x)
x = layers.Dropout(rate=.4, seed=123)(x)
m = Model(i, layers.Dense(5, activation='softmax')(x))
m.compile(optimizers.Adamax(learning_rate=.001), loss='categorical_crossentropy', metrics=['accuracy', 'Recall'])
m.fit(t, validation_data=v, epochs=20, callbacks=[callbacks.ReduceLROnPlateau(patience=2), callbacks.EarlyStopping(patience=4, restore_best_weights=True)])
