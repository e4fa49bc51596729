"""Scans the picture folders: what lies on disk, counted as Keras' loaders would take it, and which files are broken."""

from vggdoctor.gather.dataset.scan import scan

__all__ = ["scan"]
