import yaml


class Node(dict):
    def __getattr__(self, k):
        v = self[k]
        return Node(v) if isinstance(v, dict) else v


class Config(Node):
    @classmethod
    def from_file(cls, path):
        with open(path) as f:
            return cls(yaml.safe_load(f))
