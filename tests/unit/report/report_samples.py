"""Hand-made results for the tests of the reports."""

import math

from msgspec.structs import replace

from vggdoctor.schema import (
    AuditResult,
    Bars,
    Comparison,
    Confidence,
    Curve,
    Expectation,
    Finding,
    Fix,
    GatherReport,
    Histogram,
    Location,
    Matrix,
    Measure,
    Outcome,
    PictureRow,
    Pictures,
    Row,
    Safety,
    Section,
    Severity,
    Shown,
    Status,
    Tool,
    Trial,
    Verdict,
)

DIFF = """\
--- a/train.py
+++ b/train.py
@@ -3,10 +3,11 @@
 import keras
 from keras import layers
+from keras.applications.vgg16 import preprocess_input
 
 train_dir = "data/train"
 
-train_datagen = ImageDataGenerator(rescale=1./255, horizontal_flip=True)
-test_datagen = ImageDataGenerator(rescale=1./255)
+train_datagen = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True)
+test_datagen = ImageDataGenerator(preprocessing_function=preprocess_input)
 train = train_datagen.flow_from_directory(train_dir, target_size=(224, 224), batch_size=32)
 
 base = keras.applications.VGG16(weights="imagenet", include_top=False)
"""  # noqa: W293

SCHEDULE_DIFF = """\
--- a/train.py
+++ b/train.py
@@ -40,2 +41,3 @@
-model.fit(train, validation_data=validation, epochs=30)
+reduce_lr = keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.1, patience=5, min_lr=1e-6)
+model.fit(train, validation_data=validation, epochs=30, callbacks=[reduce_lr])
 model.save("cats.keras")
"""

ABOUT = {
    "summary": "A pretrained backbone is fed pictures that are only divided by 255.",
    "What it finds": "1/255, or a Rescaling layer, is all that stands before a pretrained backbone.",
    "Why it hurts": "The convolutions of VGG16 were trained on pictures in 0..255 with the channel means taken off, blue first.\n"
    "Values in 0..1 look to them like an almost even grey, so the features say little about the class.\n\n"
    "Cats and dogs, 2000 pictures, frozen base: 97 % right with `preprocess_input`, 87 % with `rescale=1./255`.",
    "How it is measured": "The smallest and the largest value of the tensor that enters `block1_conv1`, over a few batches.",
    "The fix": "The family's own `preprocess_input`, in the place of the rescaling.",
    "References": "- Keras, `keras.applications.imagenet_utils.preprocess_input`\n- Simonyan and Zisserman, 2015",
}


JPEG = (
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarYqMyP/L2u71////m8H///"
    "/6/+b9//j/2wBDASstLTw1PHZBQXb4pYyl+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj/wAARCAAM"
    "ABADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAwT/xAAWEAEBAQAAAAAAAAAAAAAAAAAAAgH/xAAVAQEBAAAAAAAAAAAAAAAAAAAAA/"
    "/EABcRAAMBAAAAAAAAAAAAAAAAAAABAwL/2gAMAwEAAhEDEQA/AAnTTqeTSaqykkf/2Q=="
)
"""16 x 12 pixels of a gradient."""


def histogram() -> Histogram:
    edges = tuple(index / 40 for index in range(41))

    def counts(centre: float) -> tuple[float, ...]:
        return tuple(round(900 * math.exp(-(((edge - centre) / 0.22) ** 2)) + 60) for edge in edges[:-1])

    return Histogram(
        title="Values that enter block1_conv1",
        unit="pixel value",
        edges=edges,
        counts={"channel 0": counts(0.48), "channel 1": counts(0.45), "channel 2": counts(0.40)},
        expected=(-123.68, 151.06),
        expected_label="what VGG16's weights expect",
    )


def arriving() -> Pictures:
    def row(note: str) -> PictureRow:
        return PictureRow(tuple(Shown(path="", caption=name, jpeg=JPEG) for name in ("cats", "cats", "dogs", "dogs")), note)

    return Pictures(
        title="What arrives at block1_conv1, training",
        rows=(row("As the weights of vgg16 see them"), row("The same pictures in ordinary colours")),
        total=2,
    )


def leaked() -> Pictures:
    def pair(name: str, note: str) -> PictureRow:
        return PictureRow(
            (Shown(f"data/train/cats/{name}", "train, cats", JPEG), Shown(f"data/validation/cats/{name}", "validation, cats")),
            note,
        )

    return Pictures(title="Pictures that are in both splits", rows=(pair("cat.1.jpg", "byte for byte the same"),), total=14)


def confusion(title: str, *counts: tuple[int, int]) -> Matrix:
    return Matrix(title=title, rows="belongs to", columns="taken for", names=("cats", "dogs"), counts=counts)


def together() -> Fix:
    after = (0.71, 0.6, 0.52, 0.44, 0.38, 0.31, 0.27, 0.22)
    steps = tuple(map(float, range(1, 9)))
    verdict = Verdict(
        trial=Trial.PROVED,
        reason="the findings are gone from the patched copy",
        checks_silent=True,
        ran=True,
        metric="balanced accuracy in the probe",
        before=0.5,
        after=0.94,
        gain=0.44,
        interval=(0.33, 0.55),
        how="the same validation pictures before and after one short training each, with the same seed",
        seconds=41.3,
        also=(Comparison(metric="loss", before=0.9, after=0.3, gain=0.6, interval=(0.4, 0.8)),),
        exhibits=(
            Curve(
                title="Loss of one short training before and after",
                x_label="step",
                y_label="loss before the step",
                x={"before": steps, "after the fixes": steps},
                y={"before": (0.71, 0.9, 1.4, 2.8, 6.1, 9.4, None, None), "after the fixes": after},
                levels={"guessing": 0.693},
            ),
            confusion("Validation pictures after the short training, before", (50, 0), (50, 0)),
            confusion("Validation pictures after the short training, after the fixes", (48, 2), (4, 46)),
        ),
    )
    return Fix(title="All 2 fixes together", safety=Safety.REVIEW, diff=DIFF, verdict=verdict)


def rescale_finding() -> Finding:
    return Finding(
        check="rescale-only-preprocessing",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        message="VGG16 with ImageNet weights gets pictures in 0..1 (`rescale=1./255`); its weights expect −123.68..151.06, "
        "blue first, with the channel means taken off.",
        measured={
            "minimum at block1_conv1": Measure(0.0),
            "maximum at block1_conv1": Measure(1.0),
            "expected_minimum": Measure(-123.68),
            "expected_maximum": Measure(151.061),
            "pictures": Measure(96, "pictures"),
            "stage": Measure("model.fit of train.py"),
        },
        locations=(Location("train.py", 9, 9, 17, 73), Location("train.py", 10, 10, 16, 50)),
        exhibits=(histogram(), arriving()),
        fix=Fix(
            title="use VGG16's own preprocess_input in place of the rescaling",
            safety=Safety.SAFE,
            diff=DIFF,
            verdict=Verdict(
                trial=Trial.PROVED,
                reason="the finding is gone from the patched copy, and its frozen features separate the classes better",
                checks_silent=True,
                ran=True,
                metric="balanced accuracy",
                before=0.842,
                after=0.961,
                gain=0.119,
                interval=(0.082, 0.156),
                how="Logistic regression on frozen pooled features of 160 pictures, 8 paired splits",
                seconds=14.2,
            ),
        ),
        fingerprint="5e0d1c2ba9f14c77",
    )


def rate_finding() -> Finding:
    losses = (0.71, 0.9, 1.4, 2.8, 6.1, 9.4, None, None)
    return Finding(
        check="learning-rate-divergence",
        severity=Severity.ERROR,
        confidence=Confidence.MEDIUM,
        message="At your rate of 0.01 the loss rises from 0.71 to 9.4 and is not finite from step 7; at 0.0001 it falls.",
        measured={"your rate": Measure(0.01), "largest stable rate": Measure(3e-4), "steepest": Measure(1e-4)},
        locations=(Location("train.py", 36, 36, 1, 80),),
        exhibits=(
            Curve(
                title="Loss of the first steps",
                x_label="step",
                y_label="loss",
                x={"0.01 (yours)": tuple(range(1, 9)), "0.0001": tuple(range(1, 9))},
                y={"0.01 (yours)": losses, "0.0001": (0.71, 0.69, 0.66, 0.6, 0.57, 0.51, 0.49, 0.46)},
                levels={"chance, ln 2": 0.693},
            ),
            Curve(
                title="Loss after one step at each rate",
                x_label="learning rate",
                y_label="loss",
                x={"loss": (1e-6, 1e-5, 1e-4, 3e-4, 1e-3, 1e-2, 1e-1)},
                y={"loss": (0.70, 0.68, 0.61, 0.60, 0.95, 2.4, None)},
                x_log=True,
                marks={"yours": 1e-2, "largest stable": 3e-4},
            ),
        ),
        fix=Fix(
            title="train at 1e-4",
            safety=Safety.REVIEW,
            diff="--- a/train.py\n+++ b/train.py\n@@ -36 +36 @@\n"
            "-opt = keras.optimizers.Adam(0.01)\n+opt = keras.optimizers.Adam(0.0001)\n",
            verdict=Verdict(trial=Trial.SILENCED, reason="the finding is gone from the patched copy", checks_silent=True),
        ),
        fingerprint="a0c64d0e77aa4c19",
    )


def imbalance_finding() -> Finding:
    counts = {"paper": 66, "glass": 56, "plastic": 54, "metal": 46, "cardboard": 45, "trash": 15}
    return Finding(
        check="class-imbalance",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        message="The largest class has 4.4 times the pictures of the smallest (paper 66, trash 15), and nothing makes up for it.",
        measured={"ratio": Measure(4.4), "largest class": Measure(66, "pictures"), "smallest class": Measure(15, "pictures")},
        locations=(Location("prepare.ipynb", 4, 4, 1, 30, cell=7),),
        exhibits=(Bars(title="Pictures for training", unit="pictures", bars={name: float(n) for name, n in counts.items()}),),
        fingerprint="09bb1d93f0a24e1a",
    )


def schedule_finding() -> Finding:
    return Finding(
        check="missing-lr-schedule",
        severity=Severity.NOTE,
        confidence=Confidence.HIGH,
        message="No callback and no schedule lowers the learning rate in 30 epochs.",
        locations=(Location("train.py", 40, 40, 1, 56),),
        fix=Fix(title="add ReduceLROnPlateau", safety=Safety.REVIEW, diff=SCHEDULE_DIFF),
        fingerprint="77c9d2a1b3e84f05",
    )


def outcome(finding: Finding, title: str, area: str) -> Outcome:
    return Outcome(check=finding.check, status=Status.FAILED, findings=(finding,), title=title, area=area, about=ABOUT)


def sample() -> AuditResult:
    """A result with something in every part of the report."""
    passed = [
        ("double-normalization", "Pictures are normalised twice", "preprocessing"),
        ("high-learning-rate", "The learning rate is too high for pretrained weights", "training"),
        ("output-loss-mismatch", "The output layer and the loss do not fit", "model"),
        ("wrong-preprocess-input", "Another family's preprocess_input is used", "preprocessing"),
    ]
    return AuditResult(
        tool=Tool("vggdoctor", "0.1.0"),
        project="cats_and_dogs",
        duration_s=74.31,
        environment={"python": "3.11.9", "keras": "3.15.1", "tensorflow": "2.21.0", "device": "CPU", "platform": "Linux x86_64"},
        gather={
            "source": GatherReport(status="ok", seconds=0.21),
            "capture": GatherReport(
                status="partial", reason="the second fit was not reached within the budget; raise --budget", seconds=31.9
            ),
            "dataset": GatherReport(status="ok", seconds=2.75),
            "probe": GatherReport(status="ok", seconds=38.4),
        },
        outcomes=(
            replace(
                outcome(schedule_finding(), "Nothing lowers the learning rate", "training"),
                expected=Expectation(0.02, "Smith, 2017"),
            ),
            outcome(imbalance_finding(), "Classes are unequal and nothing makes up for it", "data"),
            outcome(rate_finding(), "The loss diverges at your learning rate", "training"),
            outcome(rescale_finding(), "A pretrained backbone gets pictures that are only rescaled", "preprocessing"),
            *(Outcome(check=check, status=Status.PASSED, title=title, area=area) for check, title, area in passed),
            Outcome(check="missing-normalization", status=Status.NOT_APPLICABLE, reason="the pictures are rescaled"),
            Outcome(check="accuracy-only-metrics", status=Status.NOT_RUN, reason="metrics come from a file that was not found"),
            Outcome(check="acme-house-rules", status=Status.ERRORED, reason="KeyError: 'steps'"),
        ),
        sections=(
            Section(
                title="Training 1: model.fit, train.py:40",
                rows=(
                    Row(name="backbone", value="VGG16, ImageNet weights, frozen", origin="observed", place="train.py:14"),
                    Row(name="optimizer", value="Adam, learning rate 0.01", origin="read", place="train.py:36"),
                    Row(name="metrics", value="could not be determined", origin="comes from a function that was not found"),
                ),
            ),
            Section(
                title="Data set",
                rows=(Row(name="pictures", value="200 for training, 100 for validation", origin="scanned"),),
                exhibits=(leaked(),),
            ),
        ),
        notices=("Weights were loaded from the package registry's copy.",),
        combined_fix=together(),
        command="vggdoctor audit cats_and_dogs --budget 120",
    )


def empty(**changes: object) -> AuditResult:
    """A result without findings; ``changes`` are fields of AuditResult."""
    fields: dict = {
        "tool": Tool("vggdoctor", "0.1.0"),
        "project": "p",
        "duration_s": 1.0,
        "environment": {},
        "gather": {"source": GatherReport(status="ok", seconds=0.1)},
        "outcomes": (),
    }
    return AuditResult(**(fields | changes))


HOSTILE = "<script>alert(1)</script>'\"><img src=x onerror=alert(2)>\n</style></svg>$x^2$ javascript:alert(3)\x00\u202e\udc80"


def hostile() -> AuditResult:
    """A result in which every text that a project can give is an attack."""
    drawn = Histogram(HOSTILE, HOSTILE, (0.0, 1.0), {HOSTILE: (1.0,)}, (0.0, 2.0), HOSTILE)
    curve = Curve(
        HOSTILE, HOSTILE, HOSTILE, {HOSTILE: (0.0, 1.0)}, {HOSTILE: (1.0, None)}, marks={HOSTILE: 0.5}, levels={HOSTILE: 1.0}
    )
    finding = replace(
        rescale_finding(),
        check=HOSTILE,
        message=HOSTILE,
        measured={HOSTILE: Measure(HOSTILE, HOSTILE)},
        locations=(Location(HOSTILE, 1, 1, cell=3),),
        exhibits=(
            Bars(title=HOSTILE, unit=HOSTILE, bars={HOSTILE: 3.0, "b": 1.0}),
            drawn,
            curve,
            Pictures(HOSTILE, (PictureRow((Shown(HOSTILE, HOSTILE, JPEG), Shown(HOSTILE, HOSTILE, HOSTILE)), HOSTILE),), 1),
            Matrix(HOSTILE, HOSTILE, HOSTILE, (HOSTILE, "b"), ((1, 0), (0, 1))),
        ),
        fix=Fix(title=HOSTILE, safety=Safety.REVIEW, diff=f"--- a\n+++ b\n@@ -1 +1 @@\n-{HOSTILE}\n+{HOSTILE}\n"),
        fingerprint=HOSTILE,
    )
    failed = Outcome(
        check=HOSTILE,
        status=Status.FAILED,
        findings=(finding,),
        title=HOSTILE,
        area=HOSTILE,
        about={"Why it hurts": HOSTILE, "References": f"- {HOSTILE}"},
    )
    return empty(
        tool=Tool(HOSTILE, HOSTILE),
        project=HOSTILE,
        environment={HOSTILE: HOSTILE},
        gather={"source": GatherReport(status="failed", reason=HOSTILE)},
        outcomes=(failed, Outcome(check=HOSTILE, status=Status.NOT_RUN, reason=HOSTILE)),
        sections=(Section(title=HOSTILE, rows=(Row(name=HOSTILE, value=HOSTILE, origin=HOSTILE, place=HOSTILE),)),),
        notices=(HOSTILE,),
        command=HOSTILE,
    )


def long(lines: int = 10) -> AuditResult:
    """200 findings with diffs of ``lines`` changed lines, 1,000 classes and 50 trainings."""
    body = "".join(f"-old line {number} {'x' * 60}\n+new line {number} {'y' * 60}\n" for number in range(lines))
    diff = f"--- a/a.py\n+++ b/a.py\n@@ -1,{lines} +1,{lines} @@\n{body}"
    finding = rescale_finding()
    findings = tuple(
        replace(
            finding,
            locations=(Location("train.py", number, number),),
            exhibits=(replace(histogram(), title=f"Values {number}"),),
            fix=Fix(title="t", safety=Safety.SAFE, diff=diff),
        )
        for number in range(1, 201)
    )
    counts = Bars("Training pictures in each class", "pictures", {f"class {n}": float(n) for n in range(1000)})
    rows = tuple(Row(name=f"class {number}", value="12") for number in range(1000))
    names = tuple(f"a_class_with_a_long_name_{number}" for number in range(12))
    wide = Matrix("Confusion", "is", "taken for", names, tuple(tuple(range(12)) for _ in names))
    small = Matrix("Confusion of five", "is", "taken for", names[:5], tuple(tuple(range(5)) for _ in names[:5]))
    return empty(
        outcomes=(replace(outcome(finding, "t", "data"), findings=findings),),
        sections=(
            *(Section(title=f"Training {number}", rows=rows[:100]) for number in range(50)),
            Section(title="Data set", rows=rows, exhibits=(counts, wide, small)),
        ),
    )
