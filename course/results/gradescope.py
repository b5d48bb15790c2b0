"""Gradescope's results.json."""

from book import number

STATUS = {"passed": "passed", "failed": "failed", "error": "failed", "not_started": "failed"}


def results(grade, details):
    """details(task): what the student reads below a task."""
    whole = [f"{number(grade.points)} of {number(grade.max_points)} points", grade.result["sentence"]]
    if grade.late_sentence:
        whole.append(grade.late_sentence)
    whole += [f"{number(a.delta):+} points: {a.reason}" for a in grade.adjustments]
    whole.append(grade.result["isolation"]["sentence"])
    return {
        "score": number(grade.points),
        "execution_time": grade.result["grader"]["seconds"],
        "output": "\n".join(whole),
        "output_format": "text",
        "test_output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [_test(task, details(task)) for task in grade.tasks],
        "extra_data": {"schema": grade.result["schema"], "seed": grade.result["grader"]["seed"],
                       "reference": grade.result["grader"]["reference"],
                       "sha256": grade.result["submission"]["sha256"]},
    }


def _test(task, text):
    test = {"name": f"{task.id} {task.title}", "number": task.id, "score": number(task.points),
            "max_score": number(task.max_points), "output": text, "visibility": "visible"}
    if task.status in STATUS:  # skipped is not failed, and neither is what a person has yet to read
        test["status"] = STATUS[task.status]
    return test
