import tensorflow as tf
ds = lambda s: tf.keras.utils.image_dataset_from_directory(f'pets/{s}', image_size=(224, 224), label_mode='categorical', shuffle=s == 'train')
train, val = ds('train'), ds('val')
steps = 200 * 20
lr = tf.keras.optimizers.schedules.CosineDecay(0.0, steps, warmup_target=2e-5, warmup_steps=500)
base = tf.keras.applications.ConvNeXtTiny(include_top=False, pooling='avg', input_shape=(224, 224, 3))
i = tf.keras.Input((224, 224, 3))
x = tf.keras.layers.RandomFlip('horizontal')(i)
o = tf.keras.layers.Dense(37, activation='softmax')(base(x))
m = tf.keras.Model(i, o)
m.compile(tf.keras.optimizers.AdamW(lr, weight_decay=1e-4), tf.keras.losses.CategoricalCrossentropy(label_smoothing=.1), metrics=['accuracy', tf.keras.metrics.TopKCategoricalAccuracy(3)])
m.fit(train, validation_data=val, epochs=20)
