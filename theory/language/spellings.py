r"""What people type, in the words of the grammar: mu_k, k^2, 2k, k -> inf, LaTeX, signs of Unicode.

A text that the grammar reads is never touched: only what it refuses comes here, and what is made of it is read by the
grammar and shown. What could mean two things is refused with both: 1/2k, k^-d-1, \mu_k^{(2)}.
"""

from __future__ import annotations

import re
from math import gcd

from theory.language.formulas import CONSTANTS, FUNCTIONS, VARIABLES
from theory.language.products import multiplied
from theory.symbolic.expression_grammar import ExpressionError, nesting

SIGNS = {
    "≤": "<=", "⩽": "<=", "≥": ">=", "⩾": ">=", "≠": "!=", "→": "->", "∞": "oo", "·": "*", "×": "*", "−": "-", "–": "-",
    "π": " pi ", "μ": " mu", "µ": " mu", "κ": " kappa", "λ": " lambda", "Γ": " Gamma", "Θ": " Theta", "Ω": " Omega",
    "²": "**(2)", "³": "**(3)",
    "∼": "~", "≍": r" \asymp ", "≲": r" \lesssim ", "≳": r" \gtrsim ", "∀": r" \forall ", "√": " sqrt",
}  # fmt: skip
MACROS = {
    "mu": " mu", "lambda": " lambda", "kappa": " kappa", "Gamma": " Gamma", "Theta": " Theta", "Omega": " Omega",
    "pi": " pi ", "infty": "oo", "to": "->", "rightarrow": "->", "longrightarrow": "->", "le": "<=", "leq": "<=",
    "leqslant": "<=", "ge": ">=", "geq": ">=", "geqslant": ">=", "ne": "!=", "neq": "!=", "lt": "<", "gt": ">",
    "cdot": "*", "times": "*", "sim": "~", "log": " log", "ln": " log", "exp": " exp", "sin": " sin", "max": " max",
    "min": " min", "cos": " cos", "arccos": " acos", "arcsin": " asin", "quad": " ", "qquad": " ", "left": "",
    "right": "", "big": "", "Big": "", "bigl": "", "bigr": "", "Bigl": "", "Bigr": "", "displaystyle": "",
    "ell": " k ", "forall": " for all ", "asymp": r"\asymp", "lesssim": r"\lesssim", "gtrsim": r"\gtrsim",
}  # fmt: skip
MAX_TYPED, MAX_BRACES = 1000, 20  # characters, and braces within each other, of a text that is respelled
ORDERS = {r"\asymp": "Theta", r"\lesssim": "O", r"\gtrsim": "Omega"}
GROUP = r"\{([^{}]*)\}"
INNERMOST: tuple[tuple[str, str], ...] = (  # of groups without groups inside, again and again
    (rf"\\[dt]?frac\s*{GROUP}\s*{GROUP}", r"((\1)/(\2))"),
    (rf"\\[dt]?binom\s*{GROUP}\s*{GROUP}", r"binomial(\1,\2)"),
    (rf"\\sqrt\s*{GROUP}", r"sqrt(\1)"),
    (rf"\\(?:text|mathrm|mathcal|operatorname|textrm|rm)\s*\*?\s*{GROUP}", r" \1"),
    (rf"\b(mu|a|b|N|lambda)\s*_\s*{GROUP}", r"\1(\2)"),
    (rf"\^\s*{GROUP}", r"**(\1)"),
    (r"\\mathcal\s*O", " O"),
    (r"\\lfloor(.*?)\\rfloor", r" floor(\1)"),
    (r"(?:\\left)?\|([^|]*)(?:\\right)?\|", r" abs(\1)"),
)
_WORDS = "|".join((*VARIABLES, *CONSTANTS, *FUNCTIONS, "e"))
_LETTERS = "|".join(VARIABLES)
_BEHIND = rf"\s*(?:\^|\*\*|!)\s*\w+|/\w+|\s+(?:{_LETTERS})\b"
_LABELLED = re.compile(r"\\?\b(mu|kappa|b)\s*\^\s*\{\s*\(\s*\\mathrm\{((?:\w|\\_)+)\}\s*\)\s*\}")
TARGET = r"(?:oo|inf\b|infinity\b|Infinity\b|infty\b|-?1(?![0-9.])|0(?![0-9.]))"


def respelled(text: str) -> str:
    r"""The text in the words of the grammar, as far as they are known.

    >>> respelled(r"\mu_k = \Theta(k^{-d-1})"), respelled("mu_{k+1} >= 2k^2"), respelled(r"\frac{7}{4\pi} k^{-3} ≥ κ(t)")
    ('mu(k) = Theta(k**(-d-1))', 'mu(k+1) >= 2*k**2', '((7)/(4*pi ))*k**(-3) >= kappa(t)')
    >>> respelled("1/2k")
    Traceback (most recent call last):
    theory.symbolic.expression_grammar.ExpressionError: 1/2k may be read in two ways, write 1/(2*k) or 1/2*k
    """
    _check_size(text)
    _refuse_swapped(text)
    for sign, written in SIGNS.items():
        text = text.replace(sign, written)
    text = _without_latex(text)
    _refuse_ambiguous(text)
    text = re.sub(r"\b(mu|a|b|lambda)\s*_\s*([A-Za-z]|[0-9]+)(?![A-Za-z0-9_])", r"\1(\2)", text)
    text = text.replace("^", "**").replace("{", "(").replace("}", ")")
    text = re.sub(r"((?<![A-Za-z_])[A-Za-z]|(?<![\w.])[0-9]+|\([^()]*\))\s*!(?!=)", r" factorial(\1)", text)
    text = re.sub(rf"\b(log|exp|sin|cos|sqrt)\s+({'|'.join(VARIABLES)})\b", r"\1(\2)", text)
    text = re.sub(r"(?<![A-Za-z0-9_.])e(?![A-Za-z0-9_(])", "E", text)
    text = re.sub(r"=\s*(?:\\in|∈)\s*|\s(?:\\in|∈|is|in)\s+(?=(?:Theta|Omega|O|o)\s*\()", " = ", text)
    text = _relations_of_order(text)
    text = re.sub(rf"([A-Za-z])\s*(?:->|tends to|goes to)\s*\+?({TARGET})", _towards, text)
    text = re.sub(r"\(\s*([A-Za-z] -> (?:oo|-?1|0))\s*\)", r" as \1", text)
    return multiplied(" ".join(text.split()))


def _check_size(text: str) -> None:
    if len(text) > MAX_TYPED:
        raise ExpressionError(
            f"not in the grammar, and {len(text)} characters, of which at most {MAX_TYPED} are respelled"
        )
    deepest = nesting(text, "{", "}")
    if deepest > MAX_BRACES:
        raise ExpressionError(f"{deepest} braces within each other, at most {MAX_BRACES} are allowed")


def _without_latex(text: str) -> str:
    text = re.sub(r"\$|\\[()\[\]]", " ", text)
    text = _LABELLED.sub(lambda found: found[2].replace("\\_", "_") + f".{found[1]}", text)
    text = re.sub(r"\\[,;:! ]|~(?=\\)", " ", text)
    before = ""
    while text != before:
        before = text
        text = re.sub(r"\\([A-Za-z]+)", _macro, text)
        for pattern, written in INNERMOST:
            text = re.sub(pattern, written, text)
    return text


def _macro(match: re.Match[str]) -> str:
    return MACROS.get(match[1], match[0])


def _refuse_ambiguous(text: str) -> None:
    """What people read in two ways."""
    if found := re.search(r"(?:\^|\*\*)\s*(?:\(\s*\(\w+\)\s*\)|\(\s*[A-Za-z]\w*\s*\)(?=\s*[_(]))", text):
        raise ExpressionError(
            f"{found[0]!r} may be a power or a label, write mu(k, d) for the sphere, **(...) for a power"
        )
    if found := re.search(r"\^\s*-\s*\w+\s*[+-]\s*\w+", text):
        exponent = found[0].lstrip("^ ")
        first, rest = re.split(r"(?<=\w)\s*(?=[+-])", exponent, maxsplit=1)
        raise ExpressionError(
            f"^{exponent} may be read in two ways, write **({''.join(exponent.split())}) or **({first}) {rest}"
        )
    if found := re.search(r"\^\s*(-?[\w.]+)/([\w.]+)", text):
        if found[1].startswith("-") or _is_reduced(found[1], found[2]):
            raise ExpressionError(
                f"{found[0]} may be read in two ways, write **({found[1]}/{found[2]}) or **({found[1]})/{found[2]}"
            )
    if found := re.search(r"(?<![A-Za-z_])(mu|a|b|lambda)_([A-Za-z0-9]+)([+-][0-9]+)(?![\w.])", text):
        name, index, shift = found.groups()
        raise ExpressionError(
            f"{found[0]} may be read in two ways, write {name}({index}{shift}) or {name}({index}) {shift[0]} {shift[1:]}"
        )
    if found := re.search(rf"\b(log|exp|sin|cos|sqrt)\s+({_LETTERS})({_BEHIND})", text):
        name, argument = found[1], found[2]
        rest = "".join(found[3].split()) if found[3].strip()[:1] in "^*!/" else f"*{found[3].strip()}"
        raise ExpressionError(
            f"{found[0]} may be read in two ways, write {name}({argument}{rest}) or {name}({argument}){rest}"
        )
    if found := re.search(rf"\w+\s*/\s*([0-9.]+)\s*({_WORDS})\b", text):
        number, name = found[1], found[2]
        upper = found[0].split("/")[0].strip()
        raise ExpressionError(
            f"{found[0]} may be read in two ways, write {upper}/({number}*{name}) or {upper}/{number}*{name}"
        )


def _is_reduced(upper: str, lower: str) -> bool:
    """k^2/4 is k^2 by 4, k^3/2 might be a root; other names and numbers are as Python reads them."""
    return upper.isdigit() and lower.isdigit() and gcd(int(upper), int(lower)) == 1 < int(lower)


def _refuse_swapped(text: str) -> None:
    """Of N the sphere comes first, of mu last: N_{k,d} and mu_{d,k} would be other numbers than are meant."""
    for name, (first, last), meant in (("N", "kd", "N(d, k)"), ("mu", "dk", "mu(k, d)")):
        if found := re.search(rf"{name}\s*_\s*\{{\s*{first}\s*,\s*{last}\s*\}}", text):
            raise ExpressionError(f"{found[0]}: write {meant}, where d is the dimension of the sphere")


def _relations_of_order(text: str) -> str:
    r"""A \asymp B as A = Theta(B); the limit stays behind it."""
    for macro, name in ORDERS.items():
        if macro in text:
            left, right = text.split(macro, 1)
            limit = re.search(r"\s*,?\s*\b(?:as|when|uniformly)\b.*$", right)
            value, rest = (right[: limit.start()], right[limit.start() :]) if limit else (right, "")
            return f"{left.strip()} = {name}({value.strip()}){rest}"
    return text


def _towards(match: re.Match[str]) -> str:
    target = match[2]
    return f"{match[1]} -> {target if target in ('1', '-1', '0') else 'oo'}"
