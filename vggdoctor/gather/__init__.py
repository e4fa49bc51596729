"""Gatherers measure and never judge: source, dataset, capture and probe; ``gathering`` runs them in order."""
