from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Config:
    root: Path = Path("data/plants")
    size: int = 224
    batch_size: int = 32
    epochs: int = 25
    learning_rate: float = 1e-3
    classes: list[str] = field(default_factory=lambda: ["healthy", "rust", "scab"])

    @property
    def shape(self):
        return (self.size, self.size, 3)


CFG = Config()
