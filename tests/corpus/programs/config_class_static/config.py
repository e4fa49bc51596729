class Config:
    """Все параметры в одном месте / all settings."""
    BACKBONE = "EfficientNetB2"
    INPUT = (260, 260)
    BATCH = 24
    CLASSES = ("angry", "happy", "sad")
    LR = {"head": 1e-3, "fine": 1e-3}
    PATH = "emotions/{split}"

    @classmethod
    def path(cls, split):
        return cls.PATH.format(split=split)

    @staticmethod
    def shape():
        return (*Config.INPUT, 3)
