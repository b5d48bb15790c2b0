"""The result of one submission as a dictionary: see RESULT.md."""

import datetime
import hashlib

SCHEMA = "tinytorch/grade/v1"
STATES = ("passed", "failed", "not_started", "skipped", "error")


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def case(found, points, seed):
    """A case, worth `points` of its task."""
    passed = found.status == "passed"
    return {
        "name": found.case.name, "title": found.case.title,
        "points": points if passed else 0, "max_points": points,
        "status": found.status, "because_of": found.because_of, "sentence": found.sentence,
        "number": found.number, "sequence": found.sequence, "cell": found.cell,
        "record": found.record, "index": found.index, "expected": found.expected,
        "actual": found.actual, "input": found.input, "seed": seed, "limit": found.limit,
        "signal": found.signal, "output": found.output, "seconds": round(found.seconds, 3),
    }


def judgement(found, points, seed, seconds, compiler=""):
    """One way of judging a task, from what became of its cases."""
    weights = sum(f.case.weight for f in found)
    cases = [case(f, round(points * f.case.weight / weights, 4), seed) for f in found]
    won = sum(f.case.weight for f in found if f.status == "passed")
    states = {f.status for f in found}
    status = next(iter(states)) if len(states) == 1 else "failed"
    first = next((f for f in found if f.status not in ("passed",)), None)
    because = first.because_of if first and status == "skipped" else None
    sentence = f"all {len(found)} cases are right"
    if first and len({f.sentence for f in found}) == 1:
        sentence = first.sentence
    elif first:
        right = sum(f.status == "passed" for f in found)
        sentence = f"{right} of {len(found)} cases are right; {first.case.name}: {first.sentence}"
    return {"points": round(points * won / weights, 2), "status": status, "because_of": because,
            "sentence": sentence, "compiler": compiler, "cases": cases, "seconds": round(seconds, 3)}


def without_cases(status, sentence, compiler="", because_of=None, seconds=0.0):
    return {"points": 0, "status": status, "because_of": because_of, "sentence": sentence,
            "compiler": compiler, "cases": [], "seconds": round(seconds, 3)}


def task(entry, judgements):
    """A task, of which the better judgement counts. When both are alike, the one that could be run: a
    file that compiles is not told that its parts do not; then the spliced one."""
    made = {name: j for name, j in judgements.items() if j}
    best = max(made, key=lambda name: (made[name]["points"], made[name]["status"] == "passed",
                                       made[name]["status"] != "error", name == "spliced"), default="")
    chosen = made.get(best) or without_cases("error", "it could not be judged")
    return {"id": entry["id"], "title": entry["title"], "points": chosen["points"],
            "max_points": entry["points"], "status": chosen["status"],
            "because_of": chosen["because_of"], "sentence": chosen["sentence"], "counts": best,
            "judgements": {name: judgements.get(name) for name in ("spliced", "whole")}}


def result(grader, submission, status, sentence, tasks, seconds):
    """All of it. `submission` may be a path only, when nothing could be read."""
    points = round(sum(t["points"] for t in tasks), 2)
    return {
        "schema": SCHEMA, "module": grader.number, "module_name": grader.tools.module,
        "submission": submission,
        "grader": {"seed": grader.seed, "reference": grader.tools.digest, "below": grader.below,
                   "started": now(), "seconds": round(seconds, 3)},
        "isolation": grader.isolation, "status": status, "sentence": sentence,
        "points": points, "max_points": sum(t["points"] for t in grader.tools.own), "tasks": tasks,
    }


def of_submission(submission, wanted):
    files = [{"path": file, "sha256": hashlib.sha256(submission.raw[file]).hexdigest(),
              "bytes": len(submission.raw[file])} for file in wanted if file in submission.raw]
    return {"id": submission.id, "path": str(submission.path), "kind": submission.kind,
            "sha256": submission.sha256(), "files": files,
            "missing": [file for file in wanted if file not in submission.raw],
            "refused": submission.refused}


def of_nothing(id, path):
    return {"id": id, "path": str(path), "kind": "", "sha256": "", "files": [], "missing": [],
            "refused": []}
