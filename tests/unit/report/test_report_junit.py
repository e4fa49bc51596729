import xml.etree.ElementTree as ElementTree

from report_samples import empty, hostile, sample

from vggdoctor.report import junit


def cases(document: str) -> dict[str, ElementTree.Element]:
    return {case.attrib["name"]: case for case in ElementTree.fromstring(document).iter("testcase")}


def test_only_what_passed_passes() -> None:
    found = cases(junit.render(sample()))
    assert {name for name, case in found.items() if not len(case)} == {
        "double-normalization", "high-learning-rate", "output-loss-mismatch", "wrong-preprocess-input",
    }  # fmt: skip
    assert {name: case[0].tag for name, case in found.items() if len(case)} == {
        "missing-lr-schedule at train.py:40": "skipped",
        "class-imbalance at prepare.ipynb cell 7:4": "failure",
        "learning-rate-divergence at train.py:36": "failure",
        "rescale-only-preprocessing at train.py:9": "failure",
        "missing-normalization": "skipped",
        "accuracy-only-metrics": "skipped",
        "acme-house-rules": "error",
    }


def test_counts_are_those_of_the_cases() -> None:
    root = ElementTree.fromstring(junit.render(sample()))
    for element in (root, root[0]):
        counts = {name: int(element.attrib[name]) for name in ("tests", "failures", "errors", "skipped")}
        assert counts == {"tests": 11, "failures": 3, "errors": 1, "skipped": 3}


def test_a_failure_says_what_where_and_how_to_mend_it() -> None:
    case = cases(junit.render(sample()))["rescale-only-preprocessing at train.py:9"]
    assert (case.attrib["classname"], case.attrib["file"], case.attrib["line"]) == ("vggdoctor.preprocessing", "train.py", "9")
    failure = case[0]
    assert failure.attrib["type"] == "error"
    assert failure.attrib["message"].startswith("VGG16 with ImageNet weights gets pictures in 0..1")
    assert "train.py:10" in (failure.text or "")
    assert "+train_datagen = ImageDataGenerator(preprocessing_function=preprocess_input" in (failure.text or "")


def test_everything_hostile_is_text() -> None:
    root = ElementTree.fromstring(junit.render(hostile()))
    assert {element.tag for element in root.iter()} == {
        "testsuites", "testsuite", "properties", "property", "testcase", "failure", "skipped", "system-out",
    }  # fmt: skip


def test_an_audit_without_checks_has_no_tests() -> None:
    assert ElementTree.fromstring(junit.render(empty())).attrib["tests"] == "0"
