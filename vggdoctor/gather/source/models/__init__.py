"""The network that is trained: its layers, their sizes, its pretrained backbone, what of it trains."""
