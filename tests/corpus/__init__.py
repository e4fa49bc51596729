"""Small training programs of many kinds, the truth about each, and how far the tool agrees with it."""
