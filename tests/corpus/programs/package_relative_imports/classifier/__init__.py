from .data import make_data
from .network import Network

__all__ = ["Network", "make_data"]
