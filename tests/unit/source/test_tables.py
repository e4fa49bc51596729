from __future__ import annotations

import pytest
from reading import FROZEN_VGG, read_text

from vggdoctor.evidence import Pipeline

FRAMES = """
import pandas as pd
from keras.preprocessing.image import ImageDataGenerator
from sklearn.model_selection import train_test_split
df = pd.read_csv("labels.csv")
df["kind"] = df["kind"].astype(str)
{rows}
plain = ImageDataGenerator(rescale=1/255)
train = plain.flow_from_dataframe({first}, directory="images", x_col="id", y_col="kind")
val = plain.flow_from_dataframe({second}, "images", "id", "kind")
"""
FIT = "model.fit(train, validation_data=val)\n"


def frames(rows: str, first: str = "train_df", second: str = "val_df") -> tuple[Pipeline, Pipeline]:
    (stage,) = read_text(FRAMES.format(rows=rows, first=first, second=second) + FROZEN_VGG + FIT).stages
    assert stage.validation.value is not None
    return stage.train, stage.validation.value


def test_the_file_of_a_table_and_its_columns_are_read() -> None:
    train, _ = frames("", "df", "df")
    assert train.table.value is not None
    assert (train.table.value.file, train.table.value.files, train.table.value.labels) == ("labels.csv", "id", "kind")
    assert train.cuts.value == ()


def test_rows_are_followed_through_splits() -> None:
    train, val = frames(
        "rest, test = train_test_split(df, test_size=0.1, random_state=1)\n"
        "train_df, val_df = train_test_split(rest.reset_index(drop=True), test_size=50, stratify=rest.kind)"
    )
    assert train.table == val.table
    assert train.cuts.value is not None
    assert val.cuts.value is not None
    assert [cut.held_back for cut in train.cuts.value] == [False, False]
    assert [cut.held_back for cut in val.cuts.value] == [False, True]
    assert [cut.random_state.value for cut in val.cuts.value] == [1, None]
    assert [cut.test_size.value for cut in val.cuts.value] == [0.1, 50]
    assert [cut.stratified.value for cut in val.cuts.value] == [False, True]


@pytest.mark.parametrize(
    "rows",
    [
        "train_df, val_df = df[df.kind == 'a'], df[df.kind == 'b']",
        "df = df.sample(frac=1)\ntrain_df, val_df = train_test_split(df)",
        "train_df, val_df = df[:100], df[100:]",
    ],
)
def test_rows_that_are_chosen_in_other_ways_are_not_known(rows: str) -> None:
    for pipeline in frames(rows):
        assert not pipeline.table.known
        assert not pipeline.cuts.known


def test_a_table_that_is_read_in_parts_is_not_known() -> None:
    train, _ = frames("df = pd.read_csv('labels.csv', nrows=10)", "df", "df")
    assert not train.table.known
