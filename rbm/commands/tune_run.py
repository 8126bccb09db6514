"""What `python -m rbm tune` does: opens the study, searches, confirms the winner, reports."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sized
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import asdict, replace

from tqdm import tqdm

from rbm import engine
from rbm.commands.data_file import dataset_from
from rbm.commands.options import (
    link_of,
    patterns_named,
    preset_named,
    settings_from,
)
from rbm.tuning.budget import TUTORIAL_BUDGET, Budget
from rbm.tuning.cluster import Cluster
from rbm.tuning.confirmation import Confirmation, Verdict, judge
from rbm.tuning.database import StoreError, default_url
from rbm.tuning.evaluation import evaluate
from rbm.tuning.executors import LocalWorkers
from rbm.tuning.preset_text import changed_values
from rbm.tuning.range_text import text_to_range
from rbm.tuning.search import USUAL, Record, Search, best, run_search
from rbm.tuning.sharing import Shared, kept_again
from rbm.tuning.store import FinishedRun, Store
from rbm.tuning.trial import Outcome

LOOK_SECONDS = 2.0
"""Between two looks for trouble."""
QUIET_SECONDS = 60.0
"""Without a trial, after which that is said."""
LAST_TRY = 30.0
"""Seconds to wait at the end for a database that is away."""


def tune(options: argparse.Namespace, stopped: threading.Event) -> int:
    """Searches and reports as told; `KeyboardInterrupt`, which comes after the next trial at the
    latest when `stopped`, leaves the study to be gone on with."""
    if options.trials is None and options.minutes is None:
        options.trials = 100
    store = Store(options.database or default_url(os.environ, windows=sys.platform == "win32"))
    name = options.study or time.strftime("search of %Y-%m-%d %H:%M:%S")
    search, known = _study(options, store, name)
    engine.warm_up(background=False)  # compiles once, where all workers would
    records, shared = list(known), Shared(store, name, known)
    verdicts: tuple[Verdict, ...] = ()
    try:
        with _executor(options) as executor, _watched(store, executor, records):
            seconds = math.inf if options.minutes is None else 60 * options.minutes
            found = run_search(
                search, executor, known, trials=options.trials, seconds=seconds, others=shared.news
            )
            with _bar("trials", options.trials, len(known)) as bar:
                for record in found:
                    records.append(record)
                    _keep(shared, search, record, records)
                    bar.set_postfix_str(_so_far(records))
                    bar.update()
                    if stopped.is_set():
                        raise KeyboardInterrupt
            records += shared.records
            winner = next(iter(best(records)), None)
            if winner is not None and options.confirm:
                verdicts = _confirm(search, winner, options.confirm, executor)
                _keep_claims(store, search, winner, verdicts)
    except KeyboardInterrupt:
        waiting = f", but for {store.pending} that the database waits for" * bool(store.pending)
        print(
            f"{len(records)} finished trials are kept{waiting}; to go on: "
            f'python -m rbm tune --study "{name}"',
            file=sys.stderr,
        )
        raise
    finally:
        _write_all(store)
    _report(options, name, search, records, verdicts)
    return 0


def _study(
    options: argparse.Namespace, store: Store, name: str
) -> tuple[Search, tuple[Record, ...]]:
    """The search asked for and what is known of it; a study that exists is what it was."""
    if options.study and any(entry.name == name for entry in store.studies()):
        search = store.study(name)
        if not isinstance(search, Search):
            raise StoreError(f"The study {name!r} is a sweep, not a search.")
        return search, store.records(name)
    search = search_from(options)
    return search, store.open(name, search)


def search_from(options: argparse.Namespace) -> Search:
    """The search that the options describe."""
    patterns = patterns_named(options.pattern)
    base = settings_from(preset_named(options.preset), patterns[0], options.set)
    dataset = dataset_from(options)
    if dataset is not None and len(patterns) > 1:
        raise ValueError("A search learns patterns or a table, not both: leave out --pattern.")
    ranges = tuple(text_to_range(text) for text in options.range or USUAL)
    return Search(
        base=base,
        ranges=ranges,
        budget=TUTORIAL_BUDGET if options.epochs is None else Budget(options.epochs),
        seeds=tuple(range(options.seeds)),
        patterns=patterns if len(patterns) > 1 else (),
        dataset=dataset,
        checks=() if options.no_pruning else (0.1, 0.3),
    )


@contextmanager
def _executor(options: argparse.Namespace) -> Iterator[Executor]:
    cluster = options.dask is not None
    executor = Cluster(options.dask) if cluster else LocalWorkers(options.workers)
    try:
        yield executor
    except BaseException:
        executor.shutdown(cancel_futures=True)
        raise
    executor.shutdown()


def _keep(shared: Shared, search: Search, record: Record, records: list[Record]) -> None:
    """Keeps a trial; all of them when somebody has taken the study away, as there is no other
    place that holds them."""
    try:
        shared.keep(record)
    except StoreError as error:
        kept_again(shared.store, shared.name, search, records)
        tqdm.write(f"{error} It is begun there again, with what is known here.", file=sys.stderr)


@contextmanager
def _watched(store: Store, executor: Executor, records: Sized) -> Iterator[None]:
    """Says meanwhile why nothing comes, or is not written, when that begins and when it ends."""
    ended = threading.Event()

    def watch() -> None:
        told, done, since = "", len(records), time.monotonic()
        while not ended.wait(LOOK_SECONDS):
            if len(records) > done:
                done, since = len(records), time.monotonic()
            quiet = time.monotonic() - since
            trouble = store.trouble or getattr(executor, "trouble", "")
            if not trouble and quiet > QUIET_SECONDS:
                trouble = "No trial has ended for a while: long ones take their time, or what "
                trouble += "runs or keeps them hangs."
            if bool(trouble) != bool(told):
                tqdm.write(trouble or "It goes on.", file=sys.stderr)
            told = trouble

    thread = threading.Thread(target=watch, name="rbm-watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _bar(what: str, total: int | None, done: int = 0) -> tqdm:
    """A bar on a terminal, nothing elsewhere."""
    return tqdm(desc=what, total=total, initial=done, disable=not sys.stderr.isatty())


def _so_far(records: list[Record]) -> str:
    winner = best(records)
    return f"best mismatch {winner[0].objective:.3f}" if winner else ""


def _confirm(search: Search, winner: Record, seeds: int, executor: Executor) -> tuple[Verdict, ...]:
    asked = Confirmation(
        {"start": search.base, "winner": search.trial(winner.values).settings},
        search.patterns,
        search.dataset,
        seeds,
        search.budget,
    )
    outcomes: dict[int, Outcome] = {}
    with _bar("fresh seeds", len(asked.trials)) as bar:
        for place, outcome in evaluate(asked.trials, executor):
            outcomes[place] = outcome
            bar.update()
    return judge(asked, outcomes)


def _keep_claims(
    store: Store, search: Search, winner: Record, verdicts: tuple[Verdict, ...]
) -> None:
    for verdict, settings in zip(
        verdicts, (search.base, search.trial(winner.values).settings), strict=True
    ):
        scores = {**asdict(verdict), "patterns": search.patterns or (settings.pattern,)}
        epochs = search.budget.epochs_of(settings)
        store.keep_run(FinishedRun(verdict.name, settings, epochs, verdict.mean, scores))


def _write_all(store: Store) -> None:
    """Waits a while for a database that is away, and says what could not be written."""
    until = time.monotonic() + LAST_TRY
    while not store.flush() and time.monotonic() < until:
        print(f"{store.trouble} Trying again.", file=sys.stderr)
        time.sleep(2)
    if store.pending:
        print(f"{store.trouble} They are lost.", file=sys.stderr)
    store.close()


def _report(
    options: argparse.Namespace,
    name: str,
    search: Search,
    records: list[Record],
    verdicts: tuple[Verdict, ...],
) -> None:
    winner = next(iter(best(records)), None)
    trial = search.trial({} if winner is None else winner.values)
    settings, epochs = trial.settings, trial.epochs
    link = link_of(replace(settings, seed=0, data_seed=0), epochs, search.dataset)
    if options.json:
        told: Mapping[str, object] = {
            "study": name,
            "trials": len(records),
            "pruned": sum(record.outcome.pruned for record in records),
            "mismatch_in_search": None if winner is None else winner.objective,
            "values": {} if winner is None else dict(winner.values),
            "settings": changed_values(settings),
            "epochs": epochs,
            "link": link,
            "confirmed": [asdict(verdict) for verdict in verdicts],
        }
        print(json.dumps(told, indent=2))
        return
    ended = sum(record.outcome.pruned for record in records)
    print(f"study     {name}: {len(records)} trials, {ended} of them ended early")
    if winner is None:
        print("No trial has finished yet.")
        return
    print("values    " + ", ".join(f"{key} {_short(v)}" for key, v in winner.values.items()))
    for verdict in verdicts:
        print(
            f"{verdict.name:9} mismatch {verdict.mean:.3f} [{verdict.low:.3f}, {verdict.high:.3f}] "
            f"on fresh seeds and data, {verdict.runs} runs, {verdict.above_one} above 1"
        )
    if verdicts:
        mean, low, high = verdicts[-1].difference
        better = "better" if verdicts[-1].better else "not shown to be better"
        print(f"so it is  {better}: difference {mean:+.3f} [{low:+.3f}, {high:+.3f}]")
    print(f"link      {link}")


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
