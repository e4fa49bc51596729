from pathlib import Path

ROOT = Path("/srv/pictures")
SIZE = (224, 224)
BATCH = 64
LABELS = "int"
