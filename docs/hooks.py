"""Formulas between dollars become MathML when the site is built: no script and no network shows them."""

from __future__ import annotations

import re
from typing import Any

from latex2mathml.converter import convert

FORMULA = re.compile(r"(?<![\\$`\w])\$(?P<two>\$?)(?=\S)(?P<tex>[^$`\n]+?)(?<=\S)\$(?P=two)(?![\w$])")
CODE = re.compile(r"(^```.*?^```|`[^`\n]*`)", re.MULTILINE | re.DOTALL)


def with_mathml(text: str) -> str:
    """Markdown with its formulas as MathML; code is left alone.

    >>> with_mathml("`$x$` costs 5$, but $k^2$")[:40]
    '`$x$` costs 5$, but <math xmlns="http://'
    """
    parts = CODE.split(text)
    return "".join(part if i % 2 else FORMULA.sub(_formula, part) for i, part in enumerate(parts))


def _formula(found: re.Match[str]) -> str:
    return convert(found["tex"], display="block" if found["two"] else "inline")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """The hook of MkDocs."""
    return with_mathml(markdown)
