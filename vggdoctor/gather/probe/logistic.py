"""Logistic regression on standardised features, and a fair interval for the difference of two feature sets."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax
from scipy.stats import t as student

from vggdoctor.gather.probe.predictions import balanced_accuracy

PENALTY = 1.0
"""Weight of half the squared coefficients against the summed loss: scikit-learn's default (C = 1)."""

TEST_SHARE = 0.25
"""Of the pictures of each class, at least one, held out in each split (ours)."""


def fit_predict(train: np.ndarray, labels: np.ndarray, test: np.ndarray, classes: int) -> np.ndarray:
    """Classes (m,) for ``test`` (m, d) by a softmax regression fitted on ``train`` (n, d), both standardised by ``train``."""
    mean, spread = train.mean(axis=0), train.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    train, test = (train - mean) / spread, (test - mean) / spread
    one_hot = np.eye(classes)[labels]
    shape = (train.shape[1] + 1, classes)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights, bias = flat.reshape(shape)[:-1], flat.reshape(shape)[-1]
        scores = train @ weights + bias
        error = softmax(scores, axis=1) - one_hot
        gradient = np.vstack([train.T @ error + PENALTY * weights, error.sum(axis=0)])
        value = -np.sum(one_hot * log_softmax(scores, axis=1)) + 0.5 * PENALTY * np.sum(weights**2)
        return float(value), gradient.ravel()

    found = minimize(loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 200}).x.reshape(shape)
    chosen: np.ndarray = np.argmax(test @ found[:-1] + found[-1], axis=1)
    return chosen


def stratified_split(labels: np.ndarray, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Rows for training and testing, the same share of every class."""
    train, test = [], []
    for label in np.unique(labels):
        rows = generator.permutation(np.flatnonzero(labels == label))
        held = max(1, round(TEST_SHARE * len(rows)))
        test.append(rows[:held])
        train.append(rows[held:])
    return np.concatenate(train), np.concatenate(test)


def paired_scores(
    first: np.ndarray, second: np.ndarray, labels: np.ndarray, splits: int, seed: int
) -> tuple[np.ndarray, np.ndarray, float]:
    """Balanced accuracies (splits,) of two feature sets of the same pictures on the same splits, and test / train size."""
    generator = np.random.default_rng(seed)
    classes = int(labels.max()) + 1
    scores: tuple[list[float], list[float]] = ([], [])
    ratio = 0.0
    for _ in range(splits):
        train, test = stratified_split(labels, generator)
        ratio = len(test) / len(train)
        for features, found in zip((first, second), scores, strict=True):
            predicted = fit_predict(features[train], labels[train], features[test], classes)
            found.append(balanced_accuracy(labels[test], predicted))
    return np.array(scores[0]), np.array(scores[1]), ratio


def corrected_interval(differences: np.ndarray, ratio: float, level: float = 0.95) -> tuple[float, float]:
    """Interval of the mean of paired differences over J overlapping splits: the corrected resampled t of Nadeau and Bengio (2003,
    Inference for the Generalization Error), variance (1/J + n_test/n_train) s^2 with J - 1 degrees of freedom."""
    count = len(differences)
    mean = float(differences.mean())
    spread = float(np.sqrt((1 / count + ratio) * differences.var(ddof=1)))
    half = float(student.ppf(0.5 + level / 2, count - 1)) * spread
    return mean - half, mean + half
