"""A walk as a program: NumPy alone, the model's numbers in it, and the formulas as one reads them.

Whoever runs it sees the scores, weights and words of the decode come out once more, by hand.
"""

from __future__ import annotations

import re
import textwrap

import numpy as np

from s2s.export.program_writer import LONGEST, Writer, comment, labels, wrap
from s2s.results.formulas import missing
from s2s.results.score_formula import Program
from s2s.results.walk import Walk
from s2s.text import label
from s2s.text.language import ORIGINAL, speaking

MOST = 4096
"""Weight matrices of up to this many numbers are part of the program."""
CLOSE = 1e-5
UNPACK = '''
def unpack(text, *shape):
    """Numbers too many to read: float32 in base64, four bytes each."""
    return np.frombuffer(base64.b64decode(text), "<f4").reshape(shape).astype(float)

'''
CHECK = """
for name, mine, model in recorded:
    error = np.abs(mine - model).max()
    # To {close}; where numbers are larger than 1, to that part of the largest.
    assert error <= {close} * max(1, np.abs(model).max()), f"{{name}} is {{error:.1e}} off"
print("All of this agrees with the model to {close}.")
"""


@speaking(ORIGINAL)  # a program's comments are those of its code
def numpy_snippet(walk: Walk, width: int | None = None, most: int | None = MOST) -> str:
    """A program that computes the step again and checks itself against the model's numbers.

    It imports NumPy and, where there are many numbers, base64. Short arrays are lists of seven
    digits; longer ones are base64 float32.

    Args:
        walk: the step.
        width: characters per line of base64; None leaves each array on one line, so that the
            formulas stay together.
        most: larger weight matrices are left out and what they gave is written instead, with a
            comment that says so; None writes all of them (0.7 MB for 256 units).

    Returns:
        Python source. Run by itself it prints scores, weights, the context's size and the
        candidates, and fails if one of them is off by more than 1e-5 (for scores and logits above
        1: of the largest).
    """
    writer = Writer(walk, width, most)
    parts = [*_start(writer), *_attention(writer), *_choose(writer), *_end(writer)]
    body = "\n".join(parts)
    imports = "import numpy as np\n"
    if "unpack(" in body:
        imports = f"import base64\n\n{imports}\n{UNPACK}"
    return f"{_heading(walk)}\n{imports}\n{body}\n"


def _heading(walk: Walk) -> str:
    """What is computed, in comments."""
    sentence = " ".join(labels(walk.source))
    forced = " because it was forced" if walk.forced else ""
    lines = [
        f"Step {walk.step + 1} of {walk.steps} of {label(walk.model)}, by hand.",
        f"It read: {sentence}",
        f'It was fed "{label(walk.fed, LONGEST)}", and "{label(walk.written, LONGEST)}" was written'
        f"{forced}.",
        "Dimensions: S source tokens, H hidden units.",
    ]
    if (lack := missing(walk)) is not None:
        lines.append(lack)
    return "\n".join(comment(line) for line in lines)


NAMES = {"s_0": "s_0", "c": "context", "s": "s", "s̃": "combined", "s−1": "s_before", "x": "x"}
"""What a part of the model is called in the program."""


def _start(writer: Writer) -> list[str]:
    """The vectors that everything begins with."""
    walk, used = writer.walk, _used(writer)
    told = {
        "s": f"[H] the decoder's state after the fed token: {writer.formulas['state'].text}",
        "s−1": "[H] the decoder's state before the fed token",
        "s_0": "[H] its state before the first step",
        "x": "[E] what was fed of the token",
    }
    lines = [writer.array(NAMES[part], walk.part(part), text) for part, text in told.items()
             if NAMES[part] in used]  # fmt: skip
    if walk.has_attention:
        tokens = labels(walk.source)
        lines += [
            wrap(f"source = [{', '.join(map(repr, tokens))}]"),
            writer.array("h", walk.memory, "[S, H] one encoder state per source token", tokens),
        ]
        if "query_read" in used:
            read = ", ".join(NAMES[part] for part in walk.asks)
            lines.append(f"query_read = np.concatenate([{read}])")
    return lines


def _used(writer: Writer) -> set[str]:
    """The names that anything is computed from: where W s is given, and so is s̃, s is not."""
    walk, read = writer.walk, _scores(writer)[1]
    found = read | {NAMES[part] for part in walk.outputs}
    if "query_read" in read:
        found |= {NAMES[part] for part in walk.asks}
    return found | {"s"} if walk.combined is not None and writer.has("W_c") else found


def _attention(writer: Writer) -> list[str]:
    """Score, softmax, context."""
    walk = writer.walk
    if walk.scores is None or walk.weights is None:
        return []
    lines = [writer.title(1, "score"), *_scores(writer)[0], writer.title(2, "softmax")]
    if walk.given:
        lines.append(writer.array("weights", walk.weights, "used instead of the softmax"))
    elif walk.vacant and walk.vacant_score is not None:
        lines += [
            f"# The {walk.vacant} empty slots have scores too: ln of the sum of their powers.",
            f"vacant = {walk.vacant_score:.9g}",
            "largest = max(scores.max(), vacant)  # taken off all scores: nothing overflows",
            "powers, empty = np.exp(scores - largest), np.exp(vacant - largest)",
            "weights = powers / (powers.sum() + empty)  # [S]",
        ]
    elif walk.vacant:
        lines += [
            f"vacant = {walk.vacant}  # empty slots: zero vectors, so they score 0",
            "largest = max(scores.max(), 0)  # taken off all scores: nothing overflows",
            "powers, empty = np.exp(scores - largest), vacant * np.exp(-largest)",
            "weights = powers / (powers.sum() + empty)  # [S]",
        ]
    else:
        lines += [
            "powers = np.exp(scores - scores.max())  # less the largest: nothing overflows",
            "weights = powers / powers.sum()  # [S]",
        ]
    return [*lines, writer.title(3, "context"), "context = weights @ h  # [H]"]


def _scores(writer: Writer) -> tuple[list[str], set[str]]:
    """The lines that end in ``scores``, and the names that they read.

    Large matrices give way to what they gave; where the formula has no program, so do the scores.
    """
    walk, formula = writer.walk, writer.walk.formula
    if formula is None or walk.scores is None:
        return [], set()
    program, own = _asking(formula.program, walk), walk.score_parameters
    letters = {shape.name: shape.letters for shape in writer.formulas["score"].shapes}

    def parameters(*expressions: str) -> list[str]:
        return [name for name in own if any(name in _names(text) for text in expressions)]

    given = [writer.array("scores", walk.scores, "[S] as the model computed them")], set[str]()
    if program is None:
        return given
    made = {
        name: (expression, values, f"[{letters.get(letter, 'H')}] {letter}")
        for name, expression, values, letter in (
            ("query", program.query, walk.query, f"{formula.query}_t"),
            ("keys", program.keys, walk.keys, formula.keys),
        )
        if expression is not None and values is not None
    }
    expressions = [expression for expression, _, _ in made.values()]
    lines, before = [], parameters(*expressions)
    if writer.has(*before):
        expressions.append(program.scores)
        lines += [writer.parameter(name, f"[{letters[name]}]") for name in before]
        lines += [f"{name} = {text}  # {note}" for name, (text, _, note) in made.items()]
    else:
        expressions, before = [program.scores], []
        lines += [
            writer.array(name, values, f"{note}, as the model computed it")
            for name, (_, values, note) in made.items()
        ]
    last = [name for name in parameters(program.scores) if name not in before]
    if not writer.has(*(name for name in last if own[name].ndim > 1)):
        return given
    lines += [writer.parameter(name, f"[{letters[name]}]") for name in last]
    return [*lines, f"scores = {program.scores}  # [S]"], set().union(*map(_names, expressions))


def _asking(program: Program | None, walk: Walk) -> Program | None:
    """The same lines, where s is not what attention asks with."""
    if program is None or walk.asks == ("s",):
        return program
    name = NAMES[walk.asks[0]] if len(walk.asks) == 1 else "query_read"
    scores, keys, query = (line and re.sub(r"\bs\b", name, line) for line in program)
    return Program(scores or "", keys, query)


def _names(expression: str) -> set[str]:
    """The names in a line of a program."""
    return set(re.findall(r"[^\W\d]\w*", expression))


def _choose(writer: Writer) -> list[str]:
    """Combine and choose."""
    walk, lines = writer.walk, []
    number = 4 if walk.has_attention else 1
    if "combine" in writer.formulas:
        lines.append(writer.title(number, "combine"))
        number += 1
    if walk.combined is not None:
        letters = {shape.name: shape.letters for shape in writer.formulas["combine"].shapes}
        if writer.has("W_c"):
            lines += [
                writer.parameter("W_c", f"[H, {letters['[c_t; s_t]']}]"),
                writer.parameter("b_c", "[H]"),
                "combined = np.tanh(W_c @ np.concatenate([context, s]) + b_c)  # [H]",
            ]  # fmt: skip
        else:
            height, wide = walk.parameters["W_c"].shape
            text = f"[H] as the model computed it: W_c has {height} x {wide} numbers"
            lines.append(writer.array("combined", walk.combined, text))
    parts = [NAMES[part] for part in walk.outputs]
    features = parts[0]
    if len(parts) > 1:
        features = "features"
        size = len(walk.features)
        lines.append(f"features = np.concatenate([{', '.join(parts)}])  # {size} numbers")
    words = labels(walk.candidates)
    per = "for each word" if walk.others is None else "for each of these words"
    lines += [
        writer.title(number, "choose"),
        wrap(f"words = [{', '.join(map(repr, words))}]"),
        writer.array("W_o", walk.parameters["W_o"], f"one row {per}", words),
        writer.parameter("b_o", f"one number {per}"),
        f"logits = W_o @ {features} + b_o",
    ]
    if walk.others is None:
        return [*lines, "p = np.exp(logits - logits.max())", "p /= p.sum()"]
    left = walk.vocabulary - len(words)
    return [
        *lines,
        f"# The other {left} words take part in the softmax with one number, the model's own:",
        "# the logarithm of the sum of exp(logit) over them.",
        f"others = {walk.others:.9g}",
        "p = np.exp(logits - np.logaddexp.reduce([*logits, others]))",
    ]


def _end(writer: Writer) -> list[str]:
    """Print, and compare with the model."""
    walk, lines = writer.walk, [""]
    if walk.has_attention:
        lines += [
            "for token, score, weight in zip(source, scores, weights):",
            '    print(f"score {score:10.6f}  weight {weight:.6f}  {token}")',
        ]
        if walk.vacant and not walk.given:
            lines.append("print(f\"{'':16}  weight {empty / (powers.sum() + empty):.6f}  empty\")")
        lines.append(
            'print(f"context of {len(context)} numbers, norm {np.linalg.norm(context):.6f}")'
        )
    lines += [
        "for word, logit, share in zip(words, logits, p):",
        '    print(f"logit {logit:10.6f}  p {share:.6f}  {word}")',
        "\n# What the model itself computed for this step.",
        "recorded = [",
    ]
    combined = walk.combined if walk.combined is not None and writer.has("W_c") else None
    for name, values in (
        ("scores", walk.scores),
        ("weights", walk.weights),
        ("context", walk.context),
        ("combined", combined),
        ("logits", walk.logits),
        ("p", walk.probabilities),
    ):
        if values is not None:  # else the model has no such part, or the program leaves it out
            line = wrap(f'("{name}", {name}, {writer.value(values)}),')
            lines.append(textwrap.indent(line, "    "))
    return [*lines, "]", CHECK.strip("\n").format(close=_close(walk))]


def _close(walk: Walk) -> str:
    """1e-5, or what the model's own type can tell apart at scores as large as these."""
    finest = 0.0 if walk.scores is None else float(np.spacing(np.abs(walk.scores).max()))
    return f"{max(CLOSE, finest):.0e}".replace("e-0", "e-")
