"""What every value class of the theory promises."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields

import pytest


def refuses_change(value: object) -> None:
    """A value cannot be changed after it was computed."""
    for field in fields(value):
        with pytest.raises(FrozenInstanceError):
            setattr(value, field.name, None)
