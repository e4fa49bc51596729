"""From what fit is given back to the picture files: every step between the two."""
