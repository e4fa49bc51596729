"""From a repair to a diff, a patched copy and a verdict."""
