"""Gatherers measure and never judge: source, dataset, capture and probe, and what they found together."""

from vggdoctor.gather.gathering import Gathered, gather

__all__ = ["Gathered", "gather"]
