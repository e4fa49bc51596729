"""A symbolic interpreter: follows values through a program without running it."""
