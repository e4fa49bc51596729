CONFIG = {
    "data": {"root": "dataset/weeds", "size": 224, "batch": 32, "labels": "categorical"},
    "model": {"name": "DenseNet121", "module": "densenet", "weights": "imagenet", "dropout": 0.3},
    "fit": {"epochs": 12, "lr": 1e-3},
}
