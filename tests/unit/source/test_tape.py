"""Trainings with a GradientTape."""

from __future__ import annotations

import pytest
from reading import operations, stages

HEAD = """
import tensorflow as tf
train = tf.keras.utils.image_dataset_from_directory("d", image_size=(96, 96)).map(lambda x, y: (x / 255, y))
base = tf.keras.applications.VGG16(include_top=False, pooling="avg")
base.trainable = False
net = tf.keras.Sequential([base, tf.keras.layers.Dense(3)])
adam = tf.keras.optimizers.Adam(1e-3)
cross = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
"""
STEP = """
@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        {loss}
    {update}
for epoch in range(3):
    for x, y in train:
        step(x, y)
"""
LOSS = "loss = cross(y, net(x, training=True))"
UPDATE = "adam.apply_gradients(zip(tape.gradient(loss, net.trainable_variables), net.trainable_variables))"


@pytest.mark.parametrize(
    ("loss", "update"),
    [
        (LOSS, UPDATE),
        ("out = net(x); loss = tf.reduce_mean(cross(y, out)) + 0.1 * sum(net.losses)", UPDATE),
        ("loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=net(x))", UPDATE),
        ("loss = tf.keras.losses.sparse_categorical_crossentropy(y, net(x), from_logits=True)", UPDATE),
        (
            LOSS,
            "w = net.trainable_weights; g = tf.clip_by_norm(tape.gradient(loss, w), 1.); adam.apply_gradients(zip(g, w))",
        ),
    ],
)
def test_a_loop_is_a_stage(loss: str, update: str) -> None:
    (found,) = stages(HEAD, STEP.format(loss=loss, update=update))
    compiled = found.compiled.value
    assert (found.method, found.train.label_form.value, operations(found.train)) == (
        "train_on_batch",
        "integer",
        ["affine*0.00392+0"],
    )
    assert (found.model.backbone.value.application, found.model.backbone.value.trainable.value) == ("VGG16", "none")
    assert (compiled.optimizer.value.name, compiled.optimizer.value.learning_rate.value) == ("adam", 1e-3)
    assert (compiled.loss.value.name, compiled.loss.value.from_logits.value) == ("sparse_categorical_crossentropy", True)
    assert not (compiled.metrics.known or found.validation.known or found.epochs.known)


def test_layers_unfrozen_between_two_loops_do_train() -> None:
    loop = STEP.format(loss=LOSS, update=UPDATE)
    first, second = stages(HEAD, loop, "base.trainable = True", loop.replace("tf.function", "tf.function(jit_compile=True)"))
    assert (first.model.backbone.value.trainable.value, second.model.backbone.value.trainable.value) == ("none", "all")
    assert second.model.trainable_changed.value is False


@pytest.mark.parametrize(
    ("loss", "update"),
    [
        ("loss = cross(y, net(x)) + cross(y, net(x / 2))", UPDATE),
        ("loss = tf.reduce_mean(net(x))", UPDATE),
        ("loss = cross(y, other(net(x)))", UPDATE),
        (LOSS, "adam.apply_gradients([(tape.gradient(loss, picture), picture)])"),
    ],
)
def test_what_is_no_plain_classifier_is_not_followed(loss: str, update: str) -> None:
    assert (
        stages(
            HEAD + "other = tf.keras.Sequential([tf.keras.layers.Dense(2)])\npicture = tf.Variable(0.)\n",
            STEP.format(loss=loss, update=update),
        )
        == ()
    )
