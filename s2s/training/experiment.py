"""One whole experiment: data, model, training that survives a kill, metrics, checkpoint, card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from s2s.checkpoints import card, checkpoint
from s2s.checkpoints import history as histories
from s2s.config import ModelConfig, SequenceConfig, TrainConfig, to_dict
from s2s.decoding.system import System
from s2s.decoding.translator import Translator
from s2s.decoding.typed_text import source_tokens
from s2s.errors import UserError
from s2s.model.seq2seq import build, check_parts
from s2s.model.threads import one_thread
from s2s.results import EpochReport
from s2s.tasks.about import About
from s2s.tasks.base import DataConfig, Task
from s2s.tasks.overlap import near_share, read_alike
from s2s.tasks.parts import load_parts
from s2s.tasks.split import Pair
from s2s.text.language import later
from s2s.training import run_folder, run_state
from s2s.training.data import Batches, build_vocabularies, encode_pairs
from s2s.training.engine import Engine, Hardware
from s2s.training.measure import measure
from s2s.training.moments import record
from s2s.training.train import Run, make_optimiser, train


class Stopped(Exception):
    """Raised by a caller at an update: end here, and keep what the whole epochs taught."""


@dataclass(frozen=True)
class Plan:
    """What to train, on what, and where it goes.

    Attributes:
        task: the task.
        variant: folder under the task.
        data: where pairs come from.
        model: its shape; vocabulary sizes are filled in from the data.
        sequence: how text becomes tokens.
        train: how it is trained.
        path: the data file, None for a generator.
        command: what made it, for the card.
        runs: folder of unfinished runs.
        folder: where the checkpoint goes; None for its place among the models.
        watch: pairs whose answers, attention, gradients and states are kept after every epoch.
        inspect: what to measure before every epoch, by name.
        recipe: the recipe it follows, if any.
        hardware: what to compute on.
    """

    task: Task
    variant: str
    data: DataConfig
    model: ModelConfig
    sequence: SequenceConfig
    train: TrainConfig
    path: str | None
    command: str
    runs: Path
    folder: Path | None = None
    watch: tuple[Pair, ...] = ()
    inspect: Callable[[System], dict[str, float]] | None = None
    recipe: str | None = None
    hardware: Hardware = Hardware()

    @property
    def target(self) -> Path:
        """The checkpoint's folder."""
        return self.folder or checkpoint.root() / self.task.name / self.variant

    @property
    def state_file(self) -> Path:
        """Where the unfinished run lies."""
        return self.run_folder / "state.safetensors"

    @property
    def run_folder(self) -> Path:
        """What is written while it trains, see `s2s.training.run_folder`."""
        return self.runs / self.task.name / self.variant


@dataclass(frozen=True, eq=False)
class Prepared:
    """A plan with its data read: ready to train.

    Attributes:
        plan: with the data's SHA-256 and the vocabulary sizes.
        parts: the pairs by part.
        run: from the start, or from where it was left.
    """

    plan: Plan
    parts: dict[str, list[Pair]]
    run: Run

    def settings(self) -> dict[str, dict[str, Any]]:
        """Everything that must be the same for a run to go on."""
        return _settings(self.plan)


def prepare(plan: Plan, restart: bool = False) -> Prepared:
    """Read the data, build the model, and take up an unfinished run if there is one.

    Raises:
        UserError: when the data does not fit, there is no such cell or attention, or an unfinished
            run has other settings.
    """
    check_parts(plan.model)
    data, parts = load_parts(plan.task, plan.data, plan.sequence, plan.path)
    if not parts["train"]:
        raise UserError(
            later("No pair fell into the training part of {n}; more are needed.",
                  n=sum(map(len, parts.values())))
        )  # fmt: skip
    sequence = plan.sequence
    every = (source for pairs in parts.values() for source, _ in pairs)
    longest = max(len(source_tokens(source, sequence)) for source in every)
    if longest > sequence.max_source_length:
        raise UserError(
            later(
                "The data has a source of {n} tokens; --max-source-length is {most}. Raise it, or "
                "leave the long pairs out.",
                n=longest,
                most=sequence.max_source_length,
            )
        )
    if sequence.trained_source_length is None:
        seen = max(len(source_tokens(source, sequence)) for source, _ in parts["train"])
        sequence = replace(sequence, trained_source_length=seen)
    source, target = build_vocabularies(plan.task, data, sequence, parts["train"])
    model = replace(plan.model, source_vocabulary=len(source), target_vocabulary=len(target))
    plan = replace(plan, data=data, sequence=sequence, model=model)
    system = Translator(
        f"{plan.task.name}/{plan.variant}",
        plan.task.name,
        build(model, plan.train.init, plan.train.seed),
        sequence,
        source,
        target,
        plan.task.reads,
    )

    def batches(pairs: list[Pair], bucketing: bool) -> Batches:
        ids = encode_pairs(pairs, sequence, source, target)
        return Batches(ids, model, sequence, source, target, plan.train.batch_size, bucketing)

    held_out = parts["validation"]
    engine = Engine(system.model, plan.train, plan.hardware)
    run = Run(
        system,
        plan.train,
        batches(parts["train"], plan.train.bucketing),
        (held_out, batches(held_out, True)) if held_out else None,
        make_optimiser(engine.model, plan.train),
        [],
        plan.watch,
        plan.inspect,
        engine,
    )
    if restart:
        if not engine.rank:
            plan.state_file.unlink(missing_ok=True)
        engine.wait()
    elif plan.state_file.exists():
        run_state.load(plan.state_file, run, _settings(plan))
    return Prepared(plan, parts, run)


def execute(
    prepared: Prepared,
    on_batch: Callable[[int, int, int, float], None] = lambda *_: None,
    on_epoch: Callable[[EpochReport], None] = lambda _: None,
) -> Path:
    """Train to the end, saving after every epoch; then measure, and write the checkpoint.

    A `Stopped` from `on_batch` ends it earlier: the checkpoint is that of the last whole epoch, and
    what is needed to go on stays in the run's folder.

    Of several processes the first one writes.

    Returns:
        The checkpoint's folder.

    Raises:
        UserError: when it was stopped before the first epoch had ended.
    """
    plan, run = prepared.plan, prepared.run
    one_thread()
    if run.engine and run.engine.rank:
        for _ in train(run):
            pass
        run.engine.wait()
        return plan.target
    diary = run_folder.Diary(plan.run_folder, plan.train.epochs, run.seconds)
    diary.begin(run.reports)

    def told(epoch: int, number: int, count: int, loss: float) -> None:
        diary.batch(epoch, number, count, loss)
        on_batch(epoch, number, count, loss)

    stopped = False
    try:
        for report in train(run, told):
            diary.epoch(run.reports, record(run.system, plan.watch, report.epoch))
            run_state.save(plan.state_file, run, prepared.settings())
            on_epoch(report)
    except Stopped:
        if not run.reports:
            raise UserError(
                later("Stopped before the first epoch had ended, so there is nothing to keep.")
            ) from None
        stopped = True
        run_state.load(plan.state_file, run, prepared.settings())
        run.system.model.eval()
    about = _about(prepared)
    # First without metrics: they are measured on the stored file, loaded again.
    draft = plan.state_file.parent / "draft"
    history = histories.collect(run.reports, plan.watch)
    checkpoint.save(draft, run.system, about, history)
    about = replace(
        about, metrics=measure(plan.task, plan.data, prepared.parts, checkpoint.load(str(draft)))
    )
    system = replace(run.system, about=about)
    checkpoint.save(
        plan.target, system, about, history, card.render(plan.task, system),
        run_folder.seen(plan.run_folder),
    )  # fmt: skip
    if not stopped:
        plan.state_file.unlink(missing_ok=True)
        diary.clean()
    for file in draft.iterdir():
        file.unlink()
    draft.rmdir()
    if run.engine:
        run.engine.wait()
    return plan.target


def _settings(plan: Plan) -> dict[str, dict[str, Any]]:
    return {
        "data": to_dict(plan.data),
        "model": to_dict(plan.model),
        "sequence": to_dict(plan.sequence),
        "train": to_dict(plan.train),
    }


def _about(prepared: Prepared) -> About:
    """How the model was made, without what it reached."""
    plan, run = prepared.plan, prepared.run
    done, planned = len(run.reports), plan.train.epochs
    told = None
    if done < planned:
        told = later("Stopped by hand after epoch {n} of the {of} that were planned.", n=done,
                     of=planned)  # fmt: skip
    share = alike = None
    if plan.sequence.source_tokeniser != "characters" and prepared.parts["test"]:
        tokens = {
            part: [source_tokens(source, plan.sequence) for source, _ in prepared.parts[part]]
            for part in ("train", "test")
        }
        share = near_share(tokens["test"], tokens["train"])
        ids = {part: [run.system.source_vocab.encode(t)[0] for t in own]
               for part, own in tokens.items()}  # fmt: skip
        alike = read_alike(ids["test"], ids["train"])
    return About(
        train=replace(plan.train, epochs=done),
        data=plan.data,
        variant=plan.variant,
        command=plan.command,
        file=Path(plan.path).name if plan.path else None,
        pairs={part: len(pairs) for part, pairs in prepared.parts.items()},
        parameters=run.system.model.parameter_count(),
        seconds=round(run.seconds, 1),
        updates=run.reports[-1].updates,
        torch=torch.__version__.split("+")[0],
        clock="cpu" if run.engine is None or run.engine.device.type == "cpu" else "wall",
        recipe=plan.recipe,
        look_for=told,
        near_share=share,
        read_alike=alike,
    )
