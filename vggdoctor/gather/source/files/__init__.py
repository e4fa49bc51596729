"""Scripts and notebooks as syntax trees, and which of them belong together."""
