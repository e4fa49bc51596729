"""What Keras 3 no longer has, as data. Tried against Keras 3.15.1 and TensorFlow 2.21."""

from __future__ import annotations

PIECES = {
    "engine": "keras", "objectives": "keras.losses", "layers.merge": "keras.layers", "layers.core": "keras.layers",
    "layers.convolutional": "keras.layers", "layers.normalization": "keras.layers", "layers.pooling": "keras.layers",
    "layers.advanced_activations": "keras.layers", "layers.noise": "keras.layers", "layers.wrappers": "keras.layers",
    "layers.recurrent": "keras.layers", "layers.embeddings": "keras.layers", "layers.experimental": "keras.layers",
    "layers.Merge": "keras.layers.concatenate", "layers.MaxoutDense": "", "layers.CuDNNLSTM": "keras.layers.LSTM",
    "utils.np_utils": "keras.utils", "utils.generic_utils": "keras.utils", "utils.data_utils": "keras.utils",
    "utils.vis_utils": "keras.utils", "utils.layer_utils": "keras.utils", "utils.multi_gpu_model": "tf.distribute",
    "utils.training_utils": "tf.distribute", "optimizers.experimental": "keras.optimizers",
    "optimizers.legacy": "keras.optimizers", "optimizers.adam": "keras.optimizers", "optimizers.adam_v2": "keras.optimizers",
    "optimizers.gradient_descent_v2": "keras.optimizers", "optimizers.rmsprop_v2": "keras.optimizers",
    "wrappers.scikit_learn": "scikeras.wrappers", "callbacks.callbacks": "keras.callbacks",
    "callbacks.tensorboard_v1": "keras.callbacks",
    "models.model_from_yaml": "keras.models.model_from_json", "constraints.maxnorm": "keras.constraints.max_norm",
    "mixed_precision.experimental": "keras.mixed_precision", "estimator": "", "legacy.layers": "keras.layers",
    "backend.tensorflow_backend": "keras.backend", "backend.set_session": "", "backend.get_session": "",
    "backend.learning_phase": "the training argument of a call", "backend.set_learning_phase": "the training argument of a call",
    "backend.image_dim_ordering": "keras.backend.image_data_format",
    "backend.set_image_dim_ordering": "keras.backend.set_image_data_format", "backend.function": "keras.Model",
}  # fmt: skip
"""Parts of Keras that are in neither ``keras`` nor ``tf.keras`` -> where their contents are now, empty if nowhere."""

_IMAGE = """DirectoryIterator ImageDataGenerator Iterator NumpyArrayIterator apply_affine_transform apply_brightness_shift
apply_channel_shift random_brightness random_channel_shift random_rotation random_shear random_shift random_zoom"""
_BACKEND = """abs all any arange argmax argmin batch_dot batch_flatten batch_get_value batch_normalization batch_set_value
bias_add binary_crossentropy cast cast_to_floatx categorical_crossentropy clip concatenate constant conv2d cos
count_params cumprod cumsum dot dropout dtype elu equal eval exp expand_dims eye flatten foldl foldr gather
get_value gradients greater greater_equal hard_sigmoid in_top_k int_shape l2_normalize less less_equal log map_fn
max maximum mean min minimum ndim not_equal one_hot ones ones_like permute_dimensions pool2d pow prod random_normal
random_uniform relu repeat repeat_elements reshape resize_images reverse round set_value shape sigmoid sign sin
softmax softplus sparse_categorical_crossentropy sqrt square squeeze stack std stop_gradient sum switch tanh tile
transpose update update_add update_sub var variable zeros zeros_like"""
_LAYERS = "RandomHeight RandomWidth ThresholdedReLU"

STANDALONE = {
    **{f"preprocessing.image.{name}": f"tf.keras.preprocessing.image.{name}" for name in _IMAGE.split()},
    **{f"backend.{name}": "keras.ops" for name in _BACKEND.split()},
    **{f"layers.{name}": f"tf.keras.layers.{name}" for name in _LAYERS.split()},
    "preprocessing.text": "tf.keras.preprocessing.text",
}
"""What is left in ``tf.keras`` but not in ``keras``."""

METHODS = {
    "fit_generator": "fit", "predict_generator": "predict", "evaluate_generator": "evaluate",
    "predict_classes": "predict and argmax",
}  # fmt: skip
"""Methods of networks that are gone -> the present ones."""

CALL_ARGUMENTS = {
    "workers": "an argument of PyDataset", "use_multiprocessing": "an argument of PyDataset",
    "max_queue_size": "an argument of PyDataset", "nb_epoch": "epochs", "samples_per_epoch": "steps_per_epoch",
    "nb_val_samples": "validation_steps", "nb_worker": "an argument of PyDataset",
}  # fmt: skip
"""Arguments of fit, predict and evaluate that raise a TypeError -> where their meaning is now."""

OPTIMIZER_ARGUMENTS = {"lr": "learning_rate", "decay": "a schedule in keras.optimizers.schedules"}
"""``lr`` raises a ValueError, ``decay`` is ignored with a warning (keras/src/optimizers/base_optimizer.py)."""

LAYER_ARGUMENTS = {
    "output_dim": "units", "init": "kernel_initializer", "border_mode": "padding", "nb_filter": "filters",
    "nb_row": "kernel_size", "nb_col": "kernel_size", "subsample": "strides",
    "dim_ordering": "data_format", "W_regularizer": "kernel_regularizer",
    "b_regularizer": "bias_regularizer", "W_constraint": "kernel_constraint",
}  # fmt: skip
"""Arguments of layers of Keras 1 (Embedding, which has output_dim, aside)."""

OTHER_ARGUMENTS = {
    "Model": {"input": "inputs", "output": "outputs"},
    "Dropout": {"p": "rate"},
    "ModelCheckpoint": {"period": "save_freq"},
    "TensorBoard": {"write_grads": "", "batch_size": ""},
}
"""By the last part of the name."""
