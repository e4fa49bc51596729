from config import Config
from data.loader import DataLoader
from models import registry
import importlib

cfg = Config.from_file("experiments/base.yaml")
loader = DataLoader(cfg)
builder = getattr(importlib.import_module(f"models.{cfg.model.name}_model"), "build")
model = builder(cfg.model)
model.compile(optimizer=cfg.train.optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(loader.train(), validation_data=loader.val(), epochs=cfg.train.epochs)
