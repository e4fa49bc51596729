"""The order of positional parameters of the calls that repairs touch, as Keras 3.15.1 declares them.

The last part of the callee's name is the key. Where Keras 2 had another order, the list ends before the first parameter
that differs: from there on, a positional argument could mean either.
"""

from __future__ import annotations

from vggdoctor.backbones import FAMILIES

_APPLICATION = ("include_top", "weights", "input_tensor", "input_shape", "pooling", "classes", "classifier_activation")

PARAMETERS: dict[str, tuple[str, ...]] = {
    "fit": (
        "x", "y", "batch_size", "epochs", "verbose", "callbacks", "validation_split", "validation_data", "shuffle",
        "class_weight", "sample_weight", "initial_epoch", "steps_per_epoch", "validation_steps",
    ),
    "fit_generator": ("generator", "steps_per_epoch", "epochs", "verbose", "callbacks", "validation_data", "validation_steps"),
    "evaluate": ("x", "y", "batch_size", "verbose", "sample_weight", "steps"),
    "predict": ("x", "batch_size", "verbose", "steps"),
    "compile": ("optimizer", "loss"),
    "save_weights": ("filepath", "overwrite"),
    "load_weights": ("filepath",),
    "load_model": ("filepath", "custom_objects", "compile"),
    "Model": ("inputs", "outputs"),
    "Dense": ("units", "activation", "use_bias", "kernel_initializer", "bias_initializer", "kernel_regularizer"),
    "Conv2D": ("filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate"),
    "Dropout": ("rate", "noise_shape", "seed"),
    "Activation": ("activation",),
    "Rescaling": ("scale", "offset"),
    "Lambda": ("function", "output_shape", "mask", "arguments"),
    "RandomFlip": ("mode", "seed"),
    "RandomRotation": ("factor", "fill_mode", "interpolation", "seed"),
    "RandomZoom": ("height_factor", "width_factor", "fill_mode", "interpolation", "seed"),
    "Adam": ("learning_rate", "beta_1", "beta_2", "epsilon", "amsgrad"),
    "AdamW": ("learning_rate", "weight_decay", "beta_1", "beta_2", "epsilon", "amsgrad"),
    "Adamax": ("learning_rate", "beta_1", "beta_2", "epsilon"),
    "Nadam": ("learning_rate", "beta_1", "beta_2", "epsilon"),
    "Adagrad": ("learning_rate",),
    "Adadelta": ("learning_rate", "rho", "epsilon"),
    "RMSprop": ("learning_rate", "rho", "momentum", "epsilon", "centered"),
    "SGD": ("learning_rate", "momentum"),
    "CategoricalCrossentropy": ("from_logits", "label_smoothing"),
    "SparseCategoricalCrossentropy": ("from_logits",),
    "BinaryCrossentropy": ("from_logits", "label_smoothing"),
    "ReduceLROnPlateau": ("monitor", "factor", "patience", "verbose", "mode", "min_delta", "cooldown", "min_lr"),
    "EarlyStopping": ("monitor", "min_delta", "patience", "verbose", "mode", "baseline", "restore_best_weights"),
    "ModelCheckpoint": ("filepath", "monitor", "verbose", "save_best_only", "save_weights_only", "mode"),
    "LearningRateScheduler": ("schedule", "verbose"),
    "ImageDataGenerator": (
        "featurewise_center", "samplewise_center", "featurewise_std_normalization", "samplewise_std_normalization",
        "zca_whitening", "zca_epsilon", "rotation_range", "width_shift_range", "height_shift_range", "brightness_range",
        "shear_range", "zoom_range", "channel_shift_range", "fill_mode", "cval", "horizontal_flip", "vertical_flip", "rescale",
        "preprocessing_function", "data_format", "validation_split", "interpolation_order", "dtype",
    ),
    "flow": ("x", "y", "batch_size", "shuffle", "sample_weight", "seed"),
    "flow_from_directory": (
        "directory", "target_size", "color_mode", "classes", "class_mode", "batch_size", "shuffle", "seed",
    ),
    "flow_from_dataframe": (
        "dataframe", "directory", "x_col", "y_col", "weight_col", "target_size", "color_mode", "classes", "class_mode",
        "batch_size", "shuffle", "seed",
    ),
    "image_dataset_from_directory": (
        "directory", "labels", "label_mode", "class_names", "color_mode", "batch_size", "image_size", "shuffle", "seed",
        "validation_split", "subset", "interpolation",
    ),
    **{application: _APPLICATION for family in FAMILIES.values() for application in family.applications},
}  # fmt: skip

FORMER_NAMES = {
    "learning_rate": ("lr",), "x": ("generator",), "epochs": ("nb_epoch",), "steps_per_epoch": ("samples_per_epoch",),
    "inputs": ("input",), "outputs": ("output",), "units": ("output_dim",), "filters": ("nb_filter",), "rate": ("p",),
    "strides": ("subsample",), "padding": ("border_mode",), "kernel_initializer": ("init",),
    "kernel_regularizer": ("W_regularizer",), "bias_regularizer": ("b_regularizer",), "kernel_constraint": ("W_constraint",),
}  # fmt: skip
"""Names that a parameter had before: an argument under one of them is replaced."""
