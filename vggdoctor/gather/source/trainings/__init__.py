"""Calls of compile, fit, evaluate, predict and save as the interpreter meets them, written down as a recipe."""
