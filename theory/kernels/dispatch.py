"""Functions with a case for each class of kernels, registered beside the function or in the class's own file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import is_dataclass
from functools import lru_cache, singledispatch, update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

Asked = TypeVar("Asked")  # what such a function takes first: a kernel, or a family of kernels
Case = TypeVar("Case")  # the class of one case
P = ParamSpec("P")
T = TypeVar("T")


class ByKernel(Generic[Asked, P, T]):
    """A function with a case for each class of kernels, as `functools.singledispatch` has it.

    A class without a case is asked as what it is defined by (`Kernel.definition`), and only where there
    is no definition either, the function's own body answers. So a class that registers nothing is known
    everywhere, and one that knows better somewhere registers that. A kernel that says `reduced` is asked as that
    kernel always, unless the function is one of kernels as they are written.

    >>> from theory.kernels import Kernel, Laplace
    >>> @by_kernel()
    ... def is_radial(kernel: Kernel) -> bool:
    ...     return False
    >>> @is_radial.register(Laplace)
    ... def _always(kernel: Laplace) -> bool:
    ...     return True
    >>> is_radial(Laplace(1)), is_radial(2 * Laplace(1))
    (True, False)
    """

    def __init__(self, default: Callable[Concatenate[Asked, P], T], kept: int, reducing: bool) -> None:
        self.default, self.reducing = default, reducing
        self._cases: Any = singledispatch(default)
        self._answer: Any = lru_cache(maxsize=kept)(self._ask) if kept else self._ask
        update_wrapper(self, default)

    def register(
        self, *classes: type
    ) -> Callable[[Callable[Concatenate[Case, P], T]], Callable[Concatenate[Case, P], T]]:
        """A decorator: what the function is of kernels of these classes. Raises ValueError where that is known."""

        def registered(case: Callable[Concatenate[Case, P], T]) -> Callable[Concatenate[Case, P], T]:
            for one in classes:
                self._check_free(one, case)
                self._cases.register(one, case)
            self.cache_clear()
            return case

        return registered

    def _check_free(self, one: type, case: object) -> None:
        """Raise unless the class is one of values and has no case from elsewhere; a cell may be run again."""
        name = getattr(self.default, "__name__", "")
        if not is_dataclass(one):
            raise ValueError(f"{name}: a case is registered for a class of kernels, a dataclass; got {one.__name__}")
        known = self._cases.registry.get(one)
        if known is not None and known.__module__ != case.__module__:
            raise ValueError(f"{name}: {one.__name__} has its case already, in {known.__module__}")

    def cache_clear(self) -> None:
        """Forget the answers that are kept."""
        if hasattr(self._answer, "cache_clear"):
            self._answer.cache_clear()

    def __call__(self, kernel: Asked, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._answer(kernel, *args, **kwargs)

    def _ask(self, kernel: Any, /, *args: P.args, **kwargs: P.kwargs) -> T:
        reduced = getattr(kernel, "reduced", None) if self.reducing else None
        if reduced is not None:
            return self._ask(reduced, *args, **kwargs)
        case = self._cases.dispatch(type(kernel))
        definition = getattr(kernel, "definition", None) if case is self.default else None
        return case(kernel, *args, **kwargs) if definition is None else self._ask(definition, *args, **kwargs)


def by_kernel(
    kept: int = 0, reducing: bool = True
) -> Callable[[Callable[Concatenate[Asked, P], T]], ByKernel[Asked, P, T]]:
    """Decorator of a function of a kernel whose cases are registered (`ByKernel`); the last `kept` answers are kept.

    Not reducing: of a kernel as it is written, since its class knows more than what it reduces to.
    """
    return lambda default: ByKernel(default, kept, reducing)
