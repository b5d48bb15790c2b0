"""Many submissions: graded side by side, none lost for another's sake, and gone on with where it stopped.

    batch = Batch(out, module=1, seed=None, regrade=False)
    with Grader(root, 1, Options(batch.seed)) as grader:
        batch.run(grader, {"ada": Path("ada.zip")}, jobs=2, say=print)
    batch.changed                      # [(old result, new result)] of those that were graded again

A submission is not graded again when nothing that its result depends on has changed: its files, the
reference, the seed. All of a folder share one seed, kept in OUT/run.json, so that a class gets the same
inputs whenever each of it is graded.
"""

import json
import random
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "results"))

import schema
from files import write


class Mixed(Exception):
    """The folder holds something else."""


def _read(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


class Batch:
    def __init__(self, out, module, seed=None, regrade=False):
        self.out, self.regrade = Path(out), regrade
        self.changed, self.kept, self.failed = [], 0, 0
        run = _read(self.out / "run.json") or {}
        if run.get("module", module) != module:
            raise Mixed(f"{out} holds results of module {run['module']}: choose another folder for module {module}")
        known = run.get("seed") if isinstance(run.get("seed"), int) else None
        self.seed = seed if seed is not None else known
        if self.seed is None:
            self.seed = random.SystemRandom().getrandbits(48)
        write(self.out / "run.json", json.dumps({"module": module, "seed": self.seed}) + "\n")

    def run(self, grader, submissions, jobs, say):
        """submissions: {id: path}. say(line) as each is done."""
        total = len(submissions)
        with ThreadPoolExecutor(max(1, jobs)) as pool:
            running = {pool.submit(self._one, grader, id, path): id for id, path in submissions.items()}
            try:
                for number, future in enumerate(as_completed(running), 1):
                    result, kept = future.result()
                    self.failed += result["status"] == "error"
                    self.kept += kept
                    note = "  (as before)" if kept else ""
                    say(f"[{number}/{total}] {running[future]}: {result['points']:g} of"
                        f" {result['max_points']:g}  {result['sentence']}{note}")
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _one(self, grader, id, path):
        """(result, whether it is the one that was there)"""
        place = self.out / id / "result.json"
        old = _read(place)
        if old is not None and schema.problems(old):
            old = None
        if old and not self.regrade and self._holds(grader, old, path):
            return old, True
        result = grader.grade(path)
        write(place, json.dumps(result, indent=1, ensure_ascii=False) + "\n")
        if old:
            self.changed.append((old, result))
        return result, False

    def _holds(self, grader, old, path):
        return (old["status"] == "graded" and old["grader"]["reference"] == grader.tools.digest
                and old["grader"]["seed"] == grader.seed and old["grader"]["below"] == grader.below
                and old["submission"]["sha256"] == grader.digest_of(path))
