"""The class: who is in it, what its tasks are worth there, what comes late, what is set by hand.

    book = Book.read(settings="class.json", roster="students.csv", adjustments="adjustments.csv",
                     submitted="submitted.csv")          # each may be None
    grade = book.grade(result)                           # RESULT.md's dictionary -> what counts

These files are the class's own and no part of this project, so an update of it never meets them.
INSTRUCTOR.md describes each. What is wrong in one is a Mistake that names file, line and what to do.
"""

import csv
import json
import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

SETTINGS = {"class": str, "points": dict, "omit": list, "written": list, "due": dict, "late": dict}
LATE = {"grace_minutes": (int, float), "percent_a_day": (int, float), "days": int}


class Mistake(Exception):
    """In a file of the class."""


@dataclass(frozen=True)
class Student:
    id: str
    name: str = ""
    email: str = ""
    extension_days: float = 0


@dataclass(frozen=True)
class Adjustment:
    task: str  # "" for the whole
    delta: Fraction
    reason: str


@dataclass
class Task:
    """A task as the class counts it."""

    id: str
    title: str
    max_points: Fraction
    automatic: Fraction  # in the class's points
    status: str
    sentence: str
    adjustments: list = field(default_factory=list)

    @property
    def points(self):
        return max(Fraction(0), self.automatic + sum(a.delta for a in self.adjustments))


@dataclass
class Grade:
    student: Student
    result: dict
    tasks: list
    adjustments: list  # of the whole
    late_days: int = 0
    late_share: Fraction = Fraction(0)  # of the points that is taken off
    late_sentence: str = ""

    @property
    def before(self):
        """The points before anything is taken off for lateness."""
        return sum((task.points for task in self.tasks), Fraction(0))

    @property
    def points(self):
        kept = self.before * (1 - self.late_share)
        return max(Fraction(0), kept + sum((a.delta for a in self.adjustments), Fraction(0)))

    @property
    def max_points(self):
        return sum((task.max_points for task in self.tasks), Fraction(0))


def number(value):
    """Points as people write them: 12, 7.5, 3.33."""
    rounded = round(float(value), 2)
    return int(rounded) if rounded == int(rounded) else rounded


class Book:
    def __init__(self):
        self.settings, self.students, self.adjusted, self.submitted = {}, {}, {}, {}
        self.has_roster = False

    @classmethod
    def read(cls, settings=None, roster=None, adjustments=None, submitted=None):
        book = cls()
        if settings:
            book.settings = _settings(settings)
        if roster:
            book._read_roster(roster)
        if adjustments:
            book._read_adjustments(adjustments)
        if submitted:
            book._read_submitted(submitted)
        return book

    # ---- reading -------------------------------------------------------------------------------------

    def _read_roster(self, path):
        self.has_roster = True
        for line, row in _rows(path, ["id"], ["name", "email", "extension_days"]):
            if row["id"] in self.students:
                raise Mistake(f"{path}:{line}: {row['id']} is in the list twice")
            days = row.get("extension_days") or "0"
            self.students[row["id"]] = Student(row["id"], row.get("name", ""), row.get("email", ""),
                                               float(_fraction(days, path, line)))

    def _read_adjustments(self, path):
        for line, row in _rows(path, ["id", "task", "delta", "reason"], []):
            if not row["reason"]:
                raise Mistake(f"{path}:{line}: a reason is missing; the student will read it")
            if self.has_roster and row["id"] not in self.students:
                raise Mistake(f"{path}:{line}: {row['id']} is not in the roster")
            delta = _fraction(row["delta"], path, line)
            self.adjusted.setdefault(row["id"], []).append(Adjustment(row["task"], delta, row["reason"]))

    def _read_submitted(self, path):
        for line, row in _rows(path, ["id", "submitted"], []):
            self.submitted[row["id"]] = moment_of(row["submitted"], f"{path}:{line}")

    # ---- grading -------------------------------------------------------------------------------------

    def grade(self, result, submitted=None, due=None):
        """submitted, due: moments known from elsewhere, such as Gradescope."""
        id = result["submission"]["id"]
        student = self.students.get(id, Student(id))
        adjustments = self.adjusted.get(id, [])
        tasks = [*self._automatic(result), *self._written(result)]
        for task in tasks:
            task.adjustments = [a for a in adjustments if a.task == task.id]
        grade = Grade(student, result, tasks, [a for a in adjustments if self._is_whole(a, result)])
        self._lateness(grade, submitted or self.submitted.get(id), due)
        return grade

    def missing(self, results):
        """The students of the roster of whom nothing was graded."""
        there = {result["submission"]["id"] for result in results}
        return [student for id, student in self.students.items() if id not in there]

    def strangers(self, results):
        """The submissions whose id is not in the roster: mostly a file's name is not the id."""
        there = [result["submission"]["id"] for result in results]
        return [id for id in there if self.has_roster and id not in self.students]

    def _automatic(self, result):
        for task in result["tasks"]:
            if task["id"] in self.settings.get("omit", []):
                continue
            most = Fraction(str(self.settings.get("points", {}).get(task["id"], task["max_points"])))
            share = Fraction(str(task["points"])) / Fraction(str(task["max_points"] or 1))
            yield Task(task["id"], task["title"], most, most * share, task["status"], task["sentence"])

    def _written(self, result):
        """Answers that people read: 0 until adjustments.csv says more."""
        for part in self.settings.get("written", []):
            if part["module"] == result["module"]:
                yield Task(part["id"], part["title"], Fraction(str(part["points"])), Fraction(0), "manual",
                           "graded by hand")

    def _is_whole(self, adjustment, result):
        return adjustment.task in ("", str(result["module"]), result["module_name"])

    def _lateness(self, grade, submitted, due):
        late = self.settings.get("late", {})
        written = self.settings.get("due", {}).get(str(grade.result["module"]))
        due = due or (moment_of(written, "class.json: due") if written else None)
        if not due or not submitted:
            return
        due += timedelta(days=grade.student.extension_days)
        over = submitted - due - timedelta(minutes=late.get("grace_minutes", 0))
        if over <= timedelta(0):
            return
        grade.late_days = math.ceil(over / timedelta(days=1))
        share = Fraction(str(late.get("percent_a_day", 0))) * grade.late_days / 100
        if late.get("days") is not None and grade.late_days > late["days"]:
            share = Fraction(1)
        grade.late_share = min(Fraction(1), share)
        grade.late_sentence = (f"{grade.late_days} day{'s' * (grade.late_days > 1)} late:"
                               f" {number(100 * grade.late_share)} percent off")


# ---- the files -------------------------------------------------------------------------------------------


def _text(path):
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            return file.read()
    except OSError as error:
        raise Mistake(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Mistake(f"{path}: is not UTF-8; save it again with that encoding") from None


def _rows(path, required, optional):
    """(line, {column: text}) of a CSV file with a line of heads; surplus columns are left alone."""
    try:
        reader = csv.DictReader(_text(path).splitlines(), strict=True)
        heads = [head.strip().lower() for head in reader.fieldnames or []]
        reader.fieldnames = heads
        if lacking := [head for head in required if head not in heads]:
            raise Mistake(f"{path}: the first line must name the columns {', '.join(required + optional)};"
                          f" it lacks {', '.join(lacking)}")
        for row in reader:
            if None in row or any(row[head] is None for head in required):
                raise Mistake(f"{path}:{reader.line_num}: has not as many cells as the first line"
                              " (a text with a comma wants quotes)")
            yield reader.line_num, {head: (row[head] or "").strip() for head in heads}
    except csv.Error as error:
        raise Mistake(f"{path}: {error}") from None


def _fraction(text, path, line):
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise Mistake(f"{path}:{line}: {text!r} is no number") from None


def moment_of(text, where):
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise Mistake(f"{where}: {text!r} is no moment; write it like 2026-10-01T23:59:00+02:00") from None
    if moment.tzinfo is None:
        raise Mistake(f"{where}: {text!r} has no time zone; write +02:00, or Z for UTC, at its end")
    return moment


def _settings(path):
    try:
        settings = json.loads(_text(path))
    except json.JSONDecodeError as error:
        raise Mistake(f"{path}:{error.lineno}: no JSON: {error.msg}") from None
    _check(path, settings, SETTINGS)
    _check(f"{path}: late", settings.get("late", {}), LATE)
    for id, points in settings.get("points", {}).items():
        if not _is_amount(points):
            raise Mistake(f"{path}: points of {id}: {points!r} must be a number, 0 or more")
    for part in settings.get("written", []):
        _check(f"{path}: written", part, {"id": str, "title": str, "module": int, "points": (int, float)}, True)
    for module, moment in settings.get("due", {}).items():
        moment_of(str(moment), f"{path}: due of module {module}")
    return settings


def _is_amount(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < math.inf


def _check(where, value, keys, all_of_them=False):
    if not isinstance(value, dict):
        raise Mistake(f"{where}: must be {{...}}")
    for key, item in value.items():
        if key not in keys:
            raise Mistake(f"{where}: there is no {key!r}; known are {', '.join(keys)}")
        if not isinstance(item, keys[key]) or isinstance(item, bool):
            raise Mistake(f"{where}: {key} cannot be {item!r}")
    if lacking := [key for key in keys if all_of_them and key not in value]:
        raise Mistake(f"{where}: lacks {', '.join(lacking)}")
