"""classroom50/result/v1, whose points are whole numbers: ours are given in hundredths."""

HUNDREDTHS = 100


def result(grade, environment):
    """environment: what Classroom 50's runner tells in its variables; ours where it tells nothing."""
    tests = [_test(task) for task in grade.tasks]
    most = sum(test["max-score"] for test in tests)
    return {
        "schema": "classroom50/result/v1",
        "classroom": environment.get("CLASSROOM", ""),
        "assignment": environment.get("ASSIGNMENT", grade.result["module_name"]),
        "assignment_type": environment.get("ASSIGNMENT_TYPE", "individual"),
        "owner": environment.get("OWNER") or environment.get("USERNAME") or grade.student.id,
        "submission": environment.get("SUBMISSION_TAG", f"submit/{grade.student.id}"),
        "commit": environment.get("COMMIT_URL", ""),
        "release": environment.get("RELEASE_URL", ""),
        "review": environment.get("REVIEW_URL", ""),
        "datetime": grade.result["grader"]["started"],
        "score": min(most, _whole(grade.points)),
        "max-score": most,
        "tests": tests,
    }


def _whole(points):
    return int(round(points * HUNDREDTHS))


def _test(task):
    most = _whole(task.max_points)
    score = min(most, _whole(task.points))
    return {"test-name": f"{task.id} {task.title}", "passed": task.status == "passed", "score": score,
            "max-score": most, "status": task.status, "sentence": task.sentence}
