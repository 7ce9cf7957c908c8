r"""LaTeX as MathML that holds nothing but mathematics.

The converter knows commands that make links and styles. What it makes is read again, and anything
besides the elements and attributes of presentation MathML named here is refused; what is refused or
cannot be read is shown as its LaTeX.
"""

from __future__ import annotations

import re
from functools import lru_cache
from xml.etree import ElementTree

from latex2mathml.converter import convert
from markupsafe import Markup

MOST_CHARACTERS = 6000
ELEMENTS = set(
    "math mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover "
    "mstyle mtable mtr mtd mpadded mphantom".split()
)
ATTRIBUTES = set(
    "display stretchy fence form separator minsize maxsize width height depth linethickness accent "
    "accentunder movablelimits largeop lspace rspace mathvariant columnalign rowspacing "
    "columnspacing displaystyle "
    "scriptlevel".split()
)
OPERATORS = {"~": "\u223c", "\u00b1": "\u00b1", "\u2213": "\u2213"}  # the converter takes them for letters
UPRIGHT = set("\u0393\u0394\u0398\u039b\u039e\u03a0\u03a3\u03a6\u03a8\u03a9")  # capital Greek letters
TEXT = re.compile(r"\\text\{([^{}\\$]*)\}")


class Unreadable(ValueError):
    """Not LaTeX that can be shown as mathematics."""


@lru_cache(maxsize=8192)
def checked(latex: str, display: bool = False) -> str:
    r"""MathML of a formula, its fractions and sums full-sized with `display`. Raises Unreadable.

    >>> checked("t^2")
    '<math><msup><mi>t</mi><mn>2</mn></msup></math>'
    >>> checked(r"\href{javascript:alert(1)}{x}")
    Traceback (most recent call last):
    verify.report.mathml.Unreadable: mrow with href is no mathematics
    """
    if len(latex) > MOST_CHARACTERS:
        raise Unreadable(f"{len(latex)} characters, at most {MOST_CHARACTERS}")
    try:
        root = ElementTree.fromstring(convert(latex))
    except Exception as error:  # the converter raises what it likes at what it cannot read
        raise Unreadable(f"{type(error).__name__}: {error}") from None
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        alien = [name for name in element.attrib if name not in ATTRIBUTES]
        if element.tag not in ELEMENTS or alien:
            raise Unreadable(f"{element.tag}{' with ' + alien[0] if alien else ''} is no mathematics")
        if element.tag == "mi" and element.text in OPERATORS:
            element.tag, element.text = "mo", OPERATORS[element.text]
        if element.tag == "mi" and element.text in UPRIGHT:  # browsers slant an identifier of one letter
            element.set("mathvariant", "normal")
    root.attrib = {"displaystyle": "true"} if display else {}
    if len(root) == 1 and root[0].tag == "mrow":
        root[:] = list(root[0])
    return ElementTree.tostring(root, encoding="unicode")


def formula(latex: str, display: bool = False) -> Markup:
    r"""MathML of a formula, or its LaTeX as code where that cannot be.

    >>> formula(r"\frac{")
    Markup('<code class="tex">\\frac{</code>')
    """
    try:
        return Markup(checked(latex, display))  # only elements of ELEMENTS
    except Unreadable:
        return Markup('<code class="tex">{}</code>').format(latex)


def prose(latex: str) -> Markup:
    r"""A printed statement: \text{...} outside braces as words, which wrap; the rest as formulas.

    >>> prose(r"\text{on } S^9 \text{ & so on}")
    Markup('on <math><msup><mi>S</mi><mn>9</mn></msup></math> &amp; so on')
    """
    parts: list[Markup | str] = []
    last = 0
    for found in TEXT.finditer(latex):
        before = latex[last : found.start()]
        if not _balanced(before) or not _balanced(latex[found.end() :]):
            return formula(latex)
        parts += [formula(before.strip())] if before.strip() else []
        parts += [found[1].replace(r"\ ", " ")]
        last = found.end()
    rest = latex[last:].strip()
    parts += [formula(rest)] if rest else []
    return Markup("").join(parts)


def _balanced(latex: str) -> bool:
    bare = re.sub(r"\\[{}]", "", latex)
    return bare.count("{") == bare.count("}") and latex.count(r"\left") == latex.count(r"\right")
