import tensorflow as tf

def build_model(trainable_base=False, n=3, lr=1e-3):
    base = tf.keras.applications.VGG16(include_top=False, input_shape=(224, 224, 3))
    base.trainable = trainable_base
    i = tf.keras.Input((224, 224, 3))
    x = tf.keras.applications.vgg16.preprocess_input(i)
    x = base(x, training=False)
    x = tf.keras.layers.GlobalAveragePooling2D()(x)
    o = tf.keras.layers.Dense(n, activation='softmax')(x)
    m = tf.keras.Model(i, o)
    m.compile(tf.keras.optimizers.Adam(lr), 'sparse_categorical_crossentropy', metrics=['accuracy'])
    return m

t = tf.keras.utils.image_dataset_from_directory('r/train', image_size=(224, 224))
v = tf.keras.utils.image_dataset_from_directory('r/val', image_size=(224, 224), shuffle=False)
frozen = build_model()
frozen.fit(t, validation_data=v, epochs=5)
