"""Gatherers measure and never judge: source, capture, dataset, probe."""
