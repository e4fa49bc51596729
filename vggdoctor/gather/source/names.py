"""Names of Keras through the ages, as data: one canonical name for everything that has had several."""

from __future__ import annotations

import re
from functools import lru_cache

from vggdoctor.backbones import FAMILIES


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set of names."""
    return frozenset(text.split())


_PREFIXES = (
    "tensorflow.compat.v1.keras.",
    "tensorflow.compat.v2.keras.",
    "tensorflow.python.keras.",
    "tensorflow.contrib.keras.",
    "tensorflow.keras.",
    "tensorflow._api.v2.keras.",
    "keras.api._v2.keras.",
    "keras.api.keras.",
    "keras.api.",
    "keras.src.",
    "keras.python.",
    "keras.backend.tensorflow.",
    "tf_keras.src.",
    "tf_keras.",
    "keras_core.",
)
_APPLICATIONS = {application: family.name for family in FAMILIES.values() for application in family.applications}
_IMAGE_LOADERS = {"load_img", "img_to_array", "array_to_img", "save_img"}
_UTILITIES = {"image_dataset_from_directory", "timeseries_dataset_from_array", "text_dataset_from_directory"}
_MODEL_NAMES = {"Model", "Sequential", "Input"}
_LAYER_ALIASES = {
    "Convolution2D": "Conv2D",
    "Convolution1D": "Conv1D",
    "Convolution3D": "Conv3D",
    "SeparableConvolution2D": "SeparableConv2D",
    "MaxPool2D": "MaxPooling2D",
    "AvgPool2D": "AveragePooling2D",
    "GlobalAvgPool2D": "GlobalAveragePooling2D",
    "GlobalMaxPool2D": "GlobalMaxPooling2D",
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
}

LAYERS = words(
    """Dense Activation Dropout Flatten Reshape Permute RepeatVector Lambda Masking Embedding Conv1D Conv2D Conv3D
    Conv2DTranspose SeparableConv2D DepthwiseConv2D Convolution2D Convolution1D MaxPooling1D MaxPooling2D MaxPooling3D
    AveragePooling1D AveragePooling2D GlobalAveragePooling1D GlobalAveragePooling2D GlobalMaxPooling2D GlobalMaxPooling1D
    MaxPool2D AvgPool2D GlobalAvgPool2D GlobalMaxPool2D ZeroPadding2D Cropping2D UpSampling2D BatchNormalization
    LayerNormalization GroupNormalization SpatialDropout2D SpatialDropout1D GaussianNoise GaussianDropout AlphaDropout
    LeakyReLU PReLU ELU ReLU Softmax Add add Subtract Multiply multiply Average average Maximum Concatenate concatenate
    Dot LSTM GRU SimpleRNN Bidirectional TimeDistributed Input InputLayer Rescaling Resizing CenterCrop RandomFlip
    RandomRotation RandomZoom RandomTranslation RandomContrast RandomBrightness RandomCrop RandomHeight RandomWidth
    Normalization MultiHeadAttention Attention ActivityRegularization"""
)
OPTIMIZERS = words("SGD Adam Adamax Nadam RMSprop Adagrad Adadelta Ftrl AdamW Lion Adafactor")
CALLBACKS = words(
    """ModelCheckpoint EarlyStopping ReduceLROnPlateau LearningRateScheduler TensorBoard CSVLogger Callback LambdaCallback
    TerminateOnNaN BackupAndRestore History RemoteMonitor ProgbarLogger"""
)
_STAR_CONTENTS = {
    "keras.layers": LAYERS,
    "keras.models": frozenset({"Model", "Sequential", "load_model", "model_from_json", "model_from_yaml", "clone_model"}),
    "keras.optimizers": OPTIMIZERS,
    "keras.callbacks": CALLBACKS,
    "keras.applications": frozenset(_APPLICATIONS),
    "keras.preprocessing.image": frozenset({"ImageDataGenerator", "Iterator", *_IMAGE_LOADERS}),
    "keras.utils": frozenset(
        {"to_categorical", "Sequence", "plot_model", "np_utils", "image_dataset_from_directory", *_IMAGE_LOADERS}
    ),
    "keras": words(
        """layers models optimizers callbacks applications preprocessing utils losses metrics backend regularizers initializers
        datasets Model Sequential Input"""
    ),
    "sklearn.metrics": frozenset(
        ["classification_report", "confusion_matrix", "roc_auc_score", "f1_score", "accuracy_score", "roc_curve", "auc"]
    ),
}


@lru_cache(maxsize=4096)
def canonical(name: str) -> str:
    """The one name that stands for all historical spellings: ``tf.keras.layers.experimental.preprocessing.Rescaling`` is
    ``keras.layers.Rescaling``. Names that are not of Keras come back as they are."""
    for prefix in _PREFIXES:
        if name.startswith(prefix) or name + "." == prefix:
            name = "keras." + name[len(prefix) :] if name.startswith(prefix) else "keras"
            break
    if name.startswith("keras_preprocessing."):
        name = "keras.preprocessing." + name.split(".", 1)[1]
    if name.startswith("keras_applications."):
        name = "keras.applications." + name.split(".", 1)[1]
    if not name.startswith("keras."):
        return name
    return _keras(name.split("."))


def _keras(parts: list[str]) -> str:
    last, area = parts[-1], parts[1]
    if area == "legacy" and len(parts) > 2:
        parts = ["keras", *parts[2:]]
        area = parts[1]
    if last in _MODEL_NAMES and area in {"models", "engine", "layers", "Model", "Sequential", "Input"}:
        return f"keras.{last}"
    if area == "applications":
        return _application(parts)
    if area == "layers" and len(parts) > 2:
        kept = [part for part in parts[2:] if part not in {"experimental", "preprocessing"}]
        if kept and (kept[-1][:1].isupper() or kept[-1] in LAYERS):
            return f"keras.layers.{_LAYER_ALIASES.get(kept[-1], kept[-1])}"
        return ".".join(["keras", "layers", *kept])
    if last in _UTILITIES:
        return f"keras.utils.{last}"
    if last in _IMAGE_LOADERS and area in {"preprocessing", "utils"}:
        return f"keras.utils.{last}"
    if area == "optimizers":
        kept = [part for part in parts[2:] if (part not in {"legacy", "experimental"} and part == part) or part == last]
        if len(kept) > 1 and kept[0] == "schedules":
            return ".".join(["keras", "optimizers", "schedules", kept[-1]])
        return (
            ".".join(["keras", "optimizers", kept[-1]])
            if kept and kept[-1][:1].isupper()
            else ".".join(["keras", "optimizers", *kept])
        )
    if area == "utils" and len(parts) > 3:
        return f"keras.utils.{last}"
    if area in {"losses", "metrics", "callbacks", "regularizers", "initializers"} and len(parts) > 3 and last[:1].isupper():
        return f"keras.{area}.{last}"
    return ".".join(parts)


def _application(parts: list[str]) -> str:
    last = parts[-1]
    if last in _APPLICATIONS:
        return f"keras.applications.{last}"
    if last in {"preprocess_input", "decode_predictions"} and len(parts) >= 4:
        return f"keras.applications.{parts[-2]}.{last}"
    return ".".join(parts)


def family_of_preprocess(function: str) -> str | None:
    """The family (key of :mod:`vggdoctor.backbones`) of a canonical preprocess_input, None if it is none."""
    match = re.fullmatch(r"keras\.applications\.(\w+)\.preprocess_input", function)
    if not match:
        return None
    return "resnet" if match[1] == "resnet50" else match[1]


def star_name(modules: list[str], name: str) -> str | None:
    """The canonical name of ``name`` in a file that imported everything of ``modules``, None if none is known to hold it."""
    for module in reversed(modules):
        base = canonical(module)
        if name in _STAR_CONTENTS.get(base, ()) or (
            base.startswith("keras.applications.") and (name in _APPLICATIONS or name == "preprocess_input")
        ):
            return canonical(f"{module}.{name}")
    if len(modules) == 1 and not modules[0].startswith(("keras", "tensorflow")):
        return f"{modules[0]}.{name}"
    return None


PARAMETERS: dict[str, tuple[str, ...]] = {
    "fit": ("x", "y", "batch_size", "epochs", "verbose", "callbacks", "validation_split", "validation_data", "shuffle",
            "class_weight", "sample_weight", "initial_epoch", "steps_per_epoch", "validation_steps"),
    "search": ("x", "y", "batch_size", "epochs", "verbose", "callbacks", "validation_split", "validation_data", "shuffle",
               "class_weight", "sample_weight", "initial_epoch", "steps_per_epoch", "validation_steps"),
    "fit_generator": ("x", "steps_per_epoch", "epochs", "verbose", "callbacks", "validation_data", "validation_steps",
                      "validation_freq", "class_weight"),
    "train_on_batch": ("x", "y", "sample_weight", "class_weight"),
    "compile": ("optimizer", "loss", "metrics", "loss_weights", "sample_weight_mode", "weighted_metrics"),
    "predict": ("x", "batch_size", "verbose", "steps"),
    "predict_generator": ("x", "steps"),
    "predict_classes": ("x", "batch_size", "verbose"),
    "predict_on_batch": ("x",),
    "evaluate": ("x", "y", "batch_size", "verbose", "sample_weight", "steps"),
    "evaluate_generator": ("x", "steps"),
    "flow": ("x", "y", "batch_size", "shuffle", "sample_weight", "seed", "save_to_dir", "save_prefix", "save_format", "subset"),
    "flow_from_directory": ("directory", "target_size", "color_mode", "classes", "class_mode", "batch_size", "shuffle", "seed",
                            "save_to_dir", "save_prefix", "save_format", "follow_links", "subset", "interpolation"),
    "flow_from_dataframe": ("dataframe", "directory", "x_col", "y_col", "weight_col", "target_size", "color_mode", "classes",
                            "class_mode", "batch_size", "shuffle", "seed", "save_to_dir", "save_prefix", "save_format", "subset",
                            "interpolation"),
    "ImageDataGenerator": ("featurewise_center", "samplewise_center", "featurewise_std_normalization",
                           "samplewise_std_normalization", "zca_whitening", "zca_epsilon", "rotation_range", "width_shift_range",
                           "height_shift_range", "brightness_range", "shear_range", "zoom_range", "channel_shift_range",
                           "fill_mode", "cval", "horizontal_flip", "vertical_flip", "rescale", "preprocessing_function"),
    "image_dataset_from_directory": ("directory", "labels", "label_mode", "class_names", "color_mode", "batch_size", "image_size",
                                     "shuffle", "seed", "validation_split", "subset", "interpolation"),
    "load_img": ("path", "color_mode", "target_size", "interpolation"),
    "application": ("include_top", "weights", "input_tensor", "input_shape", "pooling", "classes"),
    "Dense": ("units", "activation", "use_bias", "kernel_initializer"),
    "Conv2D": ("filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate", "groups", "activation"),
    "SeparableConv2D": ("filters", "kernel_size", "strides", "padding"),
    "MaxPooling2D": ("pool_size", "strides", "padding"),
    "AveragePooling2D": ("pool_size", "strides", "padding"),
    "Activation": ("activation",),
    "Dropout": ("rate",),
    "Rescaling": ("scale", "offset"),
    "Resizing": ("height", "width", "interpolation", "crop_to_aspect_ratio"),
    "CenterCrop": ("height", "width"),
    "RandomCrop": ("height", "width"),
    "Normalization": ("axis", "mean", "variance"),
    "Lambda": ("function",),
    "Input": ("shape", "batch_size", "dtype"),
    "InputLayer": ("shape",),
    "Model": ("inputs", "outputs", "name"),
    "Sequential": ("layers", "name"),
    "ReduceLROnPlateau": ("monitor", "factor", "patience", "verbose", "mode", "min_delta", "cooldown", "min_lr"),
    "EarlyStopping": ("monitor", "min_delta", "patience", "verbose", "mode", "baseline", "restore_best_weights"),
    "ModelCheckpoint": ("filepath", "monitor", "verbose", "save_best_only", "save_weights_only", "mode"),
    "LearningRateScheduler": ("schedule", "verbose"),
    "train_test_split": (),
    "to_categorical": ("x", "num_classes"),
    "optimizer": ("learning_rate", "momentum"),
    "resize": ("x", "size", "method"),
    "get_layer": ("name", "index"),
}  # fmt: skip
"""Positional parameters of the calls that matter, by the last part of the name."""

OLD_ARGUMENTS: dict[str, dict[str, str]] = {
    "fit": {"nb_epoch": "epochs", "samples_per_epoch": "samples_per_epoch", "X": "x", "generator": "x"},
    "fit_generator": {"generator": "x", "nb_epoch": "epochs", "nb_val_samples": "validation_samples"},
    "predict_generator": {"generator": "x"},
    "evaluate_generator": {"generator": "x"},
    "Dense": {"output_dim": "units", "init": "kernel_initializer"},
    "Conv2D": {"init": "kernel_initializer", "nb_filter": "filters", "border_mode": "padding", "subsample": "strides"},
    "Dropout": {"p": "rate"},
    "Model": {"input": "inputs", "output": "outputs"},
    "optimizer": {"lr": "learning_rate"},
    "Input": {"batch_shape": "batch_shape"},
    "InputLayer": {"input_shape": "shape", "batch_input_shape": "batch_shape"},
    "flow_from_directory": {"image_size": "target_size"},
    "to_categorical": {"y": "x", "nb_classes": "num_classes"},
    "resize": {"image": "x", "images": "x", "src": "x", "dsize": "size", "img": "x", "output_shape": "size"},
    "ReduceLROnPlateau": {"epsilon": "min_delta"},
}
"""Argument names of former ages -> the present ones, by the last part of the call's name."""

DEFAULT_RATES: dict[str, float] = {
    "sgd": 0.01, "adam": 0.001, "rmsprop": 0.001, "adagrad": 0.001, "adadelta": 0.001, "adamax": 0.001, "nadam": 0.001,
    "ftrl": 0.001, "adamw": 0.001, "lion": 0.001, "adafactor": 0.001,
}  # fmt: skip
"""Keras 3.15.1's default learning rates."""

LAYER_COUNTS: dict[str, int] = {
    "ResNet50": 175, "ResNet101": 345, "ResNet152": 515, "ResNet50V2": 190, "ResNet101V2": 377, "ResNet152V2": 564,
    "InceptionV3": 311, "InceptionResNetV2": 780, "Xception": 132, "MobileNet": 86, "MobileNetV2": 154, "NASNetMobile": 769,
    "DenseNet121": 427, "DenseNet169": 595, "DenseNet201": 707, "EfficientNetB0": 237, "EfficientNetB1": 339,
    "EfficientNetB2": 339, "EfficientNetV2B0": 270, "EfficientNetV2B1": 334, "EfficientNetV2B2": 349, "EfficientNetV2B3": 409,
    "MobileNetV3Small": 157, "MobileNetV3Large": 187, "ConvNeXtTiny": 133, "ConvNeXtSmall": 259, "ConvNeXtBase": 259,
}  # fmt: skip
"""Layers of each network without its top (counted with Keras 3.15.1)."""

NOMINAL_LAYERS = 400
"""Taken for networks that LAYER_COUNTS lacks: only "none, some or all" is asked of it."""


def vgg_layers(application: str, include_top: bool) -> list[tuple[str, str]]:
    """(name, class) of every layer of VGG16 or VGG19, in order."""
    sizes = (2, 2, 3, 3, 3) if application == "VGG16" else (2, 2, 4, 4, 4)
    layers = [("input_1", "InputLayer")]
    for block, size in enumerate(sizes, 1):
        layers += [(f"block{block}_conv{index}", "Conv2D") for index in range(1, size + 1)]
        layers.append((f"block{block}_pool", "MaxPooling2D"))
    if include_top:
        layers += [("flatten", "Flatten"), ("fc1", "Dense"), ("fc2", "Dense"), ("predictions", "Dense")]
    return layers


def snake(name: str) -> str:
    """``CategoricalCrossentropy`` -> ``categorical_crossentropy``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
