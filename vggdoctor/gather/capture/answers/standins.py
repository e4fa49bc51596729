"""Harmless answers to what waits for people, opens windows, reaches for services, or only decorates."""

from __future__ import annotations

import builtins
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import itertools
import os
import re
import sys
import webbrowser
from collections import Counter
from collections.abc import Callable
from types import ModuleType
from typing import Any

import keras

from vggdoctor.gather.capture.answers import guesses
from vggdoctor.gather.capture.answers.inert import Inert, InertModule, Progress, Settings
from vggdoctor.gather.capture.session import Session, replace_everywhere
from vggdoctor.gather.capture.view import is_picture

DECORATION = {
    "seaborn", "livelossplot", "visualkeras", "pydot", "pydot_ng", "pydotplus", "graphviz", "ann_visualizer", "plotly", "bokeh",
    "altair",
    "theano", "termcolor", "colorama", "rich", "prettytable", "tabulate", "pyfiglet", "playsound",
    "keras_tqdm", "ipywidgets", "ipdb", "colored", "yellowbrick", "scikitplot", "mlxtend", "winsound", "pyttsx3", "gtts",
    "lolviz",
    "netron", "tensorboard_plugin_profile", "dvclive", "missingno", "folium", "cufflinks", "torchviz", "eli5",
    "shap", "lime",
    "patchify", "IPython", "kaggle_secrets", "watermark", "pkg_resources", "gradio", "streamlit", "humanize",
}  # fmt: skip
"""Modules that plot, report or decorate: without them the training is the same."""
SERVICES = {
    "google.colab", "kaggle_datasets", "google_drive_downloader", "gdown", "kaggle", "kagglehub", "opendatasets", "wget", "wandb",
    "mlflow", "neptune", "comet_ml", "clearml",
}  # fmt: skip
"""Modules that fetch data, mount drives or send results away: the audit works with what is here, and keeps it here."""
WINDOWS = {"tkinter", "turtle", "pyautogui", "PySimpleGUI"}
PATIENCE = 50
"""Times that one question is answered before the script is told that nobody is there (ours)."""
INTERACTIVE_CV2 = ("imshow", "waitKey", "destroyAllWindows", "destroyWindow", "namedWindow", "startWindowThread")


def install(session: Session) -> None:
    """Put the answers in place."""

    asked: Counter[str] = Counter()

    def answer(prompt: object = "") -> str:
        text = str(prompt).strip()
        asked[text] += 1
        if asked[text] > PATIENCE:
            raise EOFError(f"the script asked {text!r} {PATIENCE} times; nobody is here to answer")
        reply = _reply(text, session)
        session.journal.notice(f"the script asked {text!r}: answered with {reply or 'an empty line'}")
        return reply

    builtins.input = answer
    builtins.get_ipython = lambda: Inert("get_ipython")  # type: ignore[attr-defined]
    builtins.display = lambda *args, **kwargs: None  # type: ignore[attr-defined]
    vars(builtins).update(exit=sys.exit, quit=sys.exit)
    webbrowser.open = lambda *args, **kwargs: False
    os.startfile = lambda *args, **kwargs: None  # type: ignore[attr-defined]
    sys.meta_path.append(_Finder(session, always=False))
    sys.meta_path.insert(0, _Finder(session, always=True))
    sys.meta_path.insert(0, _AfterImport(session.when_imported))
    for name, quiet in QUIET.items():
        session.on_import(name, quiet)
    replace_everywhere(keras.utils.plot_model, lambda *args, **kwargs: None)
    replace_everywhere(keras.utils.model_to_dot, lambda *args, **kwargs: Inert("dot"))


def _reply(question: str, session: Session) -> str:
    """Yes, a usual number, the folder of the pictures, or nothing."""
    if re.search(r"\by(es)?\s*/\s*no?\b", question, re.IGNORECASE):
        return "y"
    place = session.places.of_caller("input")
    line = session.places.line(place) if place else ""
    is_number = re.search(r"\b(int|float)\s*\(\s*input\b", line) is not None
    assigned = re.match(r"\s*(\w+)\s*=[^=]", line)
    guess = guesses.of(question or (assigned.group(1) if assigned else ""), session, is_number)
    return guesses.note(guess, session) if guess else "1" if is_number else ""


def _wandb() -> dict[str, Any]:
    """What scripts read back of Weights & Biases: their own settings."""
    settings = Settings()

    def init(*args: Any, config: Any = None, **kwargs: Any) -> Any:
        settings.update(config or {})
        run = Inert("run")
        vars(run)["config"] = settings
        return run

    return {"init": init, "config": settings}


def _list_pictures(folder: str, *args: Any, **kwargs: Any) -> list[str]:
    """imutils.paths.list_images: all pictures below a folder."""
    return [os.path.join(at, name) for at, _, names in os.walk(folder) for name in names if is_picture(name)]


CONTENTS: dict[str, dict[str, Any]] = {
    "tqdm": {"tqdm": Progress, "tqdm_notebook": Progress, "trange": lambda *args, **kwargs: Progress(range(*args))},
    "wandb": _wandb(),
    "imutils.paths": {"list_images": _list_pictures},
    "kagglehub": {"dataset_download": lambda handle, *args, **kwargs: f"/kaggle/input/{handle.split('/')[-1]}"},
    "gdown": {"download": lambda url=None, output=None, *args, **kwargs: output},
}
"""Module -> the few of its names that give something back."""


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Makes stand-ins for modules that do not matter for the training. ``always``: comes first, for services and windows."""

    def __init__(self, session: Session, always: bool) -> None:
        self._session = session
        self._always = always

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        top = fullname.split(".")[0]
        names = SERVICES | WINDOWS if self._always else DECORATION | {"tqdm", "imutils", "google"}
        wanted = fullname in names or any(fullname.startswith(name + ".") for name in names)
        if not wanted or (self._always and not self._session.asked_by_user()):
            return None
        if top == "google" and not self._always and fullname not in ("google", "google.colab"):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        top = spec.name.split(".")[0]
        module = InertModule(spec.name)
        if spec.name in CONTENTS or top == "tqdm":
            vars(module).update(CONTENTS.get(spec.name) or CONTENTS[top])
        if spec.name != "google":
            self._session.journal.notice(
                f"the module {top if top != 'google' else spec.name} is not used here: its calls had no effect"
            )
        return module

    def exec_module(self, module: ModuleType) -> None:
        for name in CONTENTS:  # an inert attribute of that name would come before the module in "from imutils import paths"
            if name.rpartition(".")[0] == module.__name__:
                importlib.import_module(name)


class _AfterImport(importlib.abc.MetaPathFinder):
    """Comes first: lets the regular finders work, then changes the modules of ``Session.when_imported``."""

    def __init__(self, actions: dict[str, Callable[[Any], None]]) -> None:
        self._actions = actions
        self._busy = False

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if self._busy or fullname not in self._actions:
            return None
        self._busy = True
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            self._busy = False
        if spec is None or spec.loader is None:
            return spec
        original = spec.loader.exec_module

        def execute(module: ModuleType) -> None:
            original(module)
            self._actions[fullname](module)

        spec.loader.exec_module = execute  # type: ignore[method-assign]
        return spec


def _quiet_cv2(cv2: Any) -> None:
    counter = itertools.count()
    for name in INTERACTIVE_CV2:
        # -1: no key was pressed; every now and then Escape, which ends the usual loops
        answer = (lambda *args: 27 if next(counter) % 10 == 9 else -1) if name == "waitKey" else (lambda *args: None)
        setattr(cv2, name, answer)


def _quiet_figures(pyplot: Any) -> None:
    """What would open a window closes the figure instead, so that they do not pile up in memory."""
    close, switch = pyplot.close, pyplot.switch_backend
    nothing = dict.fromkeys(("pause", "ion"), lambda *args, **kwargs: None)
    vars(pyplot).update(nothing, show=lambda *args, **kwargs: close("all"), switch_backend=lambda name: switch("agg"))


QUIET: dict[str, Callable[[Any], None]] = {
    "cv2": _quiet_cv2,
    "matplotlib": lambda matplotlib: vars(matplotlib).update(use=lambda *args, **kwargs: None),
    "matplotlib.pyplot": _quiet_figures,
    "PIL.Image": lambda image: setattr(image.Image, "show", lambda *args, **kwargs: None),
}
"""Modules that open windows -> how they are kept from it."""
