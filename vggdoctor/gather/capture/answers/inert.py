"""Objects and modules that take every use and do nothing."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any


class Inert:
    """Takes every use and does nothing: callable, iterable (over what it is given, else over nothing), a context, any
    attribute.
    """

    def __init__(self, name: str = "", items: Any = ()) -> None:
        self._name = name
        self._items = items

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and callable(args[0]) and not kwargs:  # used as a decorator
            return args[0]
        given = next((one for one in args if hasattr(one, "__iter__") and not isinstance(one, str)), kwargs.get("iterable", ()))
        return Inert(self._name, given)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = vars(self)[name] = Inert(f"{self._name}.{name}")
        return found

    def __getitem__(self, key: Any) -> Any:
        return Inert(self._name)

    def __setitem__(self, key: Any, value: Any) -> None:
        return None

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __bool__(self) -> bool:
        return False

    def __enter__(self) -> Inert:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def __str__(self) -> str:
        return ""


class InertModule(ModuleType):
    """A module all of whose names are inert; classes derived from them are plain ones."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__ = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = vars(self)[name] = Inert(f"{self.__name__}.{name}")
        return found


class Settings(dict[str, Any]):
    """What a script keeps in ``wandb.config``: a dictionary whose keys are attributes as well."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in self:
            raise AttributeError(name)
        return self[name]

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def update(self, *given: Any, allow_val_change: bool = True, **more: Any) -> None:
        for one in (*given, more):
            super().update(one if isinstance(one, dict) else vars(one))

    def setdefaults(self, given: dict[str, Any]) -> None:
        """Keep what is there already."""
        super().update({**given, **self})


class Progress:
    """tqdm without the bar: iterable over what it is given, and countable by hand."""

    def __init__(self, iterable: Any = None, *args: Any, total: Any = None, **kwargs: Any) -> None:
        self._iterable = iterable
        self.total = total
        self.n = 0

    def __iter__(self) -> Iterator[Any]:
        return iter(self._iterable if self._iterable is not None else ())

    def __len__(self) -> int:
        return len(self._iterable) if self._iterable is not None else int(self.total or 0)

    def update(self, n: int = 1) -> None:
        self.n += n

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **kwargs: None
