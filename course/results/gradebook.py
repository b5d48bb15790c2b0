"""grades.csv: a line a student, a column a task."""

import csv
import io

from book import number


def table(grades, missing=()):
    """The text of the file. missing: students who handed in nothing; they get 0 and a note."""
    tasks = []
    for grade in grades:
        tasks += [task.id for task in grade.tasks if task.id not in tasks]
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(["id", "name", "email", *tasks, "late_days", "adjusted", "points", "max_points", "note"])
    for grade in sorted(grades, key=lambda grade: grade.student.id):
        lines.writerow(_row(grade, tasks))
    for student in sorted(missing, key=lambda student: student.id):
        lines.writerow([_plain(student.id), _plain(student.name), _plain(student.email),
                        *[0] * len(tasks), 0, 0, 0, "", "nothing was handed in"])
    return out.getvalue()


def _plain(text):
    """A spreadsheet takes a text that begins like this for a formula, and would run it."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _row(grade, tasks):
    points = {task.id: number(task.points) for task in grade.tasks}
    adjusted = sum(a.delta for a in grade.adjustments)
    adjusted += sum(a.delta for task in grade.tasks for a in task.adjustments)
    note = grade.late_sentence if grade.result["status"] == "graded" else grade.result["sentence"]
    return [_plain(grade.student.id), _plain(grade.student.name), _plain(grade.student.email),
            *[points.get(task, "") for task in tasks], grade.late_days, number(adjusted),
            number(grade.points), number(grade.max_points), _plain(note)]
