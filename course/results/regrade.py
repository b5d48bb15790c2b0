"""What a second grading changed, and why."""

import csv
import io

from book import number


def changes(old, new):
    """Sentences on what differs between two results of one submission; [] when no points do."""
    if old["points"] == new["points"] and _points(old) == _points(new):
        return []
    before = {task["id"]: task for task in old["tasks"]}
    found = []
    for task in new["tasks"]:
        was = before.get(task["id"])
        if not was:
            found.append(f"{task['id']}: new, {number(task['points'])} points")
        elif was["points"] != task["points"]:
            found.append(f"{task['id']}: {number(was['points'])} -> {number(task['points'])},"
                         f" was: {was['sentence']}; is: {task['sentence']}")
    found += [f"{id}: gone, {number(task['points'])} points" for id, task in before.items()
              if id not in _points(new)]
    return found + _causes(old, new)


def _points(result):
    return {task["id"]: task["points"] for task in result["tasks"]}


def _causes(old, new):
    """What was not the same in the two gradings."""
    causes = []
    if old["submission"]["sha256"] != new["submission"]["sha256"]:
        causes.append("the submission is another one")
    if old["grader"]["reference"] != new["grader"]["reference"]:
        causes.append("the reference or the grader is another one")
    if old["grader"]["seed"] != new["grader"]["seed"]:
        causes.append(f"the inputs are others (--seed {old['grader']['seed']} draws the old ones)")
    if old["isolation"]["active"] != new["isolation"]["active"]:
        causes.append("the isolation is another one")
    if not causes:
        causes.append("nothing that the grader knows of: the submission answers differently from run to run")
    return ["because: " + "; ".join(causes)]


def table(pairs):
    """regrade.csv of (old, new) pairs: only those that changed."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(["id", "before", "after", "why"])
    for old, new in pairs:
        if found := changes(old, new):
            lines.writerow([new["submission"]["id"], number(old["points"]), number(new["points"]),
                            " | ".join(found)])
    return out.getvalue()
