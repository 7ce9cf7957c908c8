"""Several kernels in one statement, each spoken of by a name: ntk.mu(k) beside laplace.mu(k)."""

from __future__ import annotations

from dataclasses import dataclass

from theory.kernels.algebra import Kernel, written_out


@dataclass(frozen=True, slots=True, repr=False)
class NamedKernels:
    """The kernels of a statement, by name, in the order in which they were given.

    >>> from theory.kernels import NTK, Laplace
    >>> NamedKernels((("ntk", NTK(depth=3)), ("lap", Laplace(rate=1))))
    ntk = NTK(depth=3); lap = Laplace(rate=1)
    """

    members: tuple[tuple[str, Kernel], ...]

    def __repr__(self) -> str:
        return "; ".join(f"{name} = {kernel!r}" for name, kernel in self.members)

    @property
    def names(self) -> tuple[str, ...]:
        """The names."""
        return tuple(name for name, _ in self.members)

    @property
    def kernels(self) -> tuple[Kernel, ...]:
        """The kernels."""
        return tuple(kernel for _, kernel in self.members)

    def written_out(self) -> NamedKernels:
        """The same with the kernels that each is made of (`theory.kernels.written_out`)."""
        return NamedKernels(tuple((name, written_out(kernel)) for name, kernel in self.members))

    def exchanged(self) -> NamedKernels:
        """Each kernel under the name of the next one."""
        return NamedKernels(tuple(zip(self.names, (*self.kernels[1:], *self.kernels[:1]), strict=True)))

    def spoken_of(self, function: str) -> tuple[Kernel, str]:
        """The kernel and the function of it that `ntk.mu` means.

        >>> from theory.kernels import NTK
        >>> NamedKernels((("ntk", NTK(depth=3)),)).spoken_of("ntk.mu")
        (NTK(depth=3), 'mu')
        """
        name, _, of_it = function.partition(".")
        return dict(self.members)[name], of_it
