import yaml
from src.data import DataModule
from src.model import make_model

with open('config.yaml') as f:
    cfg = yaml.safe_load(f)

dm = DataModule(cfg)
model = make_model(cfg)
model.fit(dm.train(), validation_data=dm.val(), epochs=cfg['train']['epochs'])
model.save('out.keras')
