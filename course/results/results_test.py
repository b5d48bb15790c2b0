#!/usr/bin/env python3
"""What is made from results: every format fits its schema, and the class's rules are kept."""

import csv
import io
import json
import re
import sys
import tempfile
import unittest
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "grade")]

import book
import classroom50
import gradebook
import gradescope
import junit
import page
import publish
import regrade
import schema
from book import Book, Mistake, number

EVIL = "</pre><script>alert('1')</script>&\"\x01\ud83d"


def case(name, status, points=5, **more):
    made = {"name": name, "title": f"what {name} shows", "points": points if status == "passed" else 0,
            "max_points": points, "status": status, "because_of": None, "sentence": f"{name} is {status}",
            "number": 1, "sequence": 2, "cell": None, "record": "", "index": [], "expected": None, "actual": None, "input": [], "seed": 7, "limit": None,
            "signal": None, "output": "", "seconds": 0.25}
    return {**made, **more}


def task(id, status, cases, max_points=20, compiler=""):
    points = round(sum(c["points"] for c in cases), 2)
    judged = {"points": points, "status": status, "because_of": None, "sentence": f"task {id} is {status}",
              "compiler": compiler, "cases": cases, "seconds": 0.5}
    return {"id": id, "title": f"Task <{id}>", "points": points, "max_points": max_points, "status": status,
            "because_of": None, "sentence": judged["sentence"], "counts": "whole",
            "judgements": {"spliced": None, "whole": judged}}


def result(id="ada", **more):
    wrong = case("mul", "failed", record="mul(x, y)", index=[1, 0], expected=2.5, actual="nan", output=EVIL,
                 sentence=EVIL.replace("\ud83d", ""),
                 input=[{"name": "x", "kind": "f64", "shape": [30], "values": [0.1] * 30}])
    wrong["output"] = wrong["output"].replace("\ud83d", "")
    tasks = [
        task("1.1", "passed", [case("slope", "passed", 20)]),
        task("1.2", "failed", [case("add", "passed"), wrong, case("deep", "error", signal="SIGSEGV"),
                               case("slow", "failed", limit="time")]),
        task("1.3", "skipped", [case("after", "skipped", 20, because_of="1.2")]),
        task("1.4", "error", [], compiler="graph.c:3:1: error: expected ';'"),
        {**task("1.5", "not_started", []), "counts": "",
         "judgements": {"spliced": None, "whole": None}},
    ]
    made = {
        "schema": "tinytorch/grade/v1", "module": 1, "module_name": "module1_autodiff",
        "submission": {"id": id, "path": f"/in/{id}.zip", "kind": "zip", "sha256": "ab" * 32,
                       "files": [{"path": "module1_autodiff/graph.c", "sha256": "cd" * 32, "bytes": 120}],
                       "missing": ["module1_autodiff/scalar.c"], "refused": ["BUILD: is not asked for"]},
        "grader": {"seed": 7, "reference": "ef" * 32, "below": "reference",
                   "started": "2026-10-02T10:00:00Z", "seconds": 3.5},
        "isolation": {"active": ["limits"], "missing": ["own user"], "sentence": "without: own user"},
        "status": "graded", "sentence": "1 of 5 tasks passed", "points": 25, "max_points": 100, "tasks": tasks,
    }
    made.update(more)
    return made


def file(text, name="file"):
    path = Path(tempfile.mkdtemp(), name)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def fits(test, value, name):
    wanted = json.loads((HERE / "schemas" / f"{name}.json").read_text())
    test.assertEqual(schema.problems(value, wanted), [])


def as_value(element):
    return {"tag": element.tag, "attributes": dict(element.attrib), "children": [as_value(e) for e in element]}


class Checked(HTMLParser):
    """Tags that are opened are closed, in order."""

    VOID = {"meta", "br", "img"}

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.seen = [], [], []

    def handle_starttag(self, tag, attributes):
        self.seen.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


class Formats(unittest.TestCase):
    def setUp(self):
        self.result = result()
        self.grade = Book().grade(self.result)

    def test_the_fixture_is_a_result(self):
        self.assertEqual(schema.problems(self.result), [])

    def test_gradescope(self):
        made = gradescope.results(self.grade, lambda task: publish.details(self.result, task))
        fits(self, made, "gradescope")
        self.assertEqual(made["score"], 25)
        self.assertEqual(made["score"], sum(t["score"] for t in made["tests"]))
        self.assertEqual([t.get("status") for t in made["tests"]],
                         ["passed", "failed", None, "failed", "failed"], "skipped is not failed")
        self.assertIn("expected ';'", made["tests"][3]["output"], "the compiler's words")
        self.assertIn("without: own user", made["output"], "which isolation was active")

    def test_classroom50(self):
        made = classroom50.result(self.grade, {"OWNER": "ada", "CLASSROOM": "c", "SUBMISSION_TAG": "submit/3"})
        fits(self, made, "classroom50")
        self.assertEqual((made["score"], made["max-score"]), (2500, 10000))
        self.assertEqual((made["owner"], made["submission"]), ("ada", "submit/3"))
        fits(self, classroom50.result(self.grade, {}), "classroom50")

    def test_schemas_refuse(self):
        made = classroom50.result(self.grade, {})
        wanted = json.loads((HERE / "schemas/classroom50.json").read_text())
        for broken in ({**made, "extra": 1}, {**made, "score": 2.5}, {**made, "submission": "tag"},
                       {k: v for k, v in made.items() if k != "tests"}):
            self.assertNotEqual(schema.problems(broken, wanted), [])

    def test_junit(self):
        root = ElementTree.fromstring(junit.document(self.result).encode())
        fits(self, as_value(root), "junit")
        cases = root.findall(".//testcase")
        self.assertEqual(len(cases), int(root.get("tests")))
        self.assertTrue(all(c.get("classname").startswith("module1_autodiff.task1_") for c in cases))
        self.assertEqual([s.get("skipped") for s in root], ["0", "0", "1", "0", "0"])
        self.assertEqual((root.get("failures"), root.get("errors")), ("2", "3"))
        self.assertEqual(root.find(".//error").get("type"), "SIGSEGV")
        self.assertIn("alert", root.find(".//system-out").text)

    def test_gradebook(self):
        lines = list(csv.DictReader(io.StringIO(gradebook.table(
            [self.grade], [book.Student("bob", "=cmd()")]))))
        self.assertEqual([line["id"] for line in lines], ["ada", "bob"])
        self.assertEqual((lines[0]["1.1"], lines[0]["1.2"], lines[0]["points"]), ("20", "5", "25"))
        self.assertEqual(lines[1]["name"], "'=cmd()", "a spreadsheet would run it")

    def test_page(self):
        text = page.page(self.grade, lambda task, case: "repro/x.c" if case["name"] == "mul" else None)
        checked = Checked()
        checked.feed(text)
        self.assertEqual((checked.wrong, checked.open), ([], []))
        self.assertNotIn("script", checked.seen, "what a submission prints is text")
        for part in ("25 of 100 points", "mul(x, y)[1][0]", "<td>2.5</td>", "<td>nan</td>", "(30 in all)",
                     "not handed in", "BUILD: is not asked for", "repro/x.c", "without: own user",
                     "expected &#x27;;&#x27;"):
            self.assertIn(part, text)
        self.assertNotRegex(text, r'(src|href)="(https?:)?//', "needs no other machine")

    def test_all_files_are_written(self):
        out = Path(tempfile.mkdtemp())
        publish.student(out / "ada", self.grade, lambda task, case: f"/* {task} {case['name']} */\n", {})
        publish.whole_class(out, [self.grade], [book.Student("bob")], ["eve"])
        found = sorted(str(p.relative_to(out)) for p in out.rglob("*") if p.is_file())
        self.assertEqual(found, [
            "ada/classroom50.json", "ada/index.html", "ada/junit.xml", "ada/repro/task1_2_deep.c",
            "ada/repro/task1_2_mul.c", "ada/repro/task1_2_slow.c", "ada/results.json", "grades.csv", "index.html"])
        self.assertIn("eve", (out / "index.html").read_text())

    def test_a_damaged_result_loses_no_other(self):
        out = Path(tempfile.mkdtemp())
        for id, text in (("a", json.dumps(self.result)), ("b", "{"), ("c", "")):
            publish.write(out / id / "result.json", text)
        self.assertEqual(len(publish.results_in(out)), 1)


class Class(unittest.TestCase):
    def grade(self, settings=None, roster=None, adjustments=None, submitted=None, **more):
        files = {"settings": settings and json.dumps(settings), "roster": roster,
                 "adjustments": adjustments, "submitted": submitted}
        return Book.read(**{k: file(v) for k, v in files.items() if v}).grade(result(**more))

    def test_own_points_and_omitted_tasks(self):
        grade = self.grade({"points": {"1.2": 40, "1.1": 7}, "omit": ["1.4"]})
        self.assertEqual([task.id for task in grade.tasks], ["1.1", "1.2", "1.3", "1.5"])
        self.assertEqual((grade.points, grade.max_points), (7 + 10, 7 + 40 + 20 + 20))

    def test_adjustments(self):
        grade = self.grade(adjustments="id,task,delta,reason\nada,1.2,2.5,a fair point\n"
                                       "ada,,-1,\"late, but told\"\nada,1.1,-99,copied\nbob,1.1,5,no\n")
        self.assertEqual([number(t.points) for t in grade.tasks], [0, 7.5, 0, 0, 0])
        self.assertEqual(number(grade.points), 6.5)
        self.assertIn("late, but told", page.page(grade))
        self.assertIn("a fair point", page.page(grade))

    def test_written_answers_are_given_by_hand(self):
        settings = {"written": [{"id": "1.q", "title": "Questions", "module": 1, "points": 10},
                                {"id": "2.q", "title": "Others", "module": 2, "points": 10}]}
        grade = self.grade(settings, adjustments="id,task,delta,reason\nada,1.q,8,two of three\n")
        self.assertEqual((number(grade.points), number(grade.max_points)), (33, 110))

    def test_lateness(self):
        settings = {"due": {"1": "2026-10-01T23:59:00+02:00"},
                    "late": {"grace_minutes": 15, "percent_a_day": 10, "days": 3}}
        for submitted, days, points in (("2026-10-01T21:00:00Z", 0, 25), ("2026-10-01T22:14:00Z", 0, 25),
                                        ("2026-10-01T22:14:01Z", 1, 22.5), ("2026-10-04T22:00:00Z", 3, 17.5),
                                        ("2026-10-09T10:00:00+02:00", 8, 0)):
            grade = self.grade(settings, submitted=f"id,submitted\nada,{submitted}\n")
            self.assertEqual((grade.late_days, number(grade.points)), (days, points), submitted)
        grade = self.grade(settings, "id,name,extension_days\nada,Ada,7\n",
                           submitted="id,submitted\nada,2026-10-08T10:00:00Z\n")
        self.assertEqual(grade.late_days, 0, "with seven days more")

    def test_who_is_missing_and_who_is_a_stranger(self):
        made = Book.read(roster=file("ID, Name ,email\nada,Ada,a@x\nbob,Bob,b@x\n"))
        self.assertEqual([s.id for s in made.missing([result()])], ["bob"])
        self.assertEqual(made.strangers([result(), result("eve")]), ["eve"])

    def test_a_third_of_a_point_is_not_lost(self):
        third = result()
        third["tasks"] = [task("1.1", "failed", [case("a", "passed", 6.67)])]
        grade = Book.read(settings=file(json.dumps({"points": {"1.1": 30}}))).grade(third)
        self.assertEqual(grade.tasks[0].automatic, Fraction("6.67") / 20 * 30)

    def test_mistakes_are_named(self):
        for files, words in (
            ({"settings": "{"}, "no JSON"),
            ({"settings": "[]"}, "must be {...}"),
            ({"settings": '{"poinst": {}}'}, "there is no 'poinst'; known are class, points"),
            ({"settings": '{"points": {"1.1": -1}}'}, "0 or more"),
            ({"settings": '{"points": {"1.1": NaN}}'}, "0 or more"),
            ({"settings": '{"due": {"1": "tomorrow"}}'}, "write it like"),
            ({"settings": '{"due": {"1": "2026-10-01T10:00:00"}}'}, "no time zone"),
            ({"settings": '{"late": {"percent": 10}}'}, "there is no 'percent'"),
            ({"settings": '{"written": [{"id": "1.q"}]}'}, "lacks title"),
            ({"roster": ""}, "must name the columns"),
            ({"roster": "name\nAda\n"}, "lacks id"),
            ({"roster": "id\nada\nada\n"}, ":3: ada is in the list twice"),
            ({"roster": b"id\n\xff\xfe\n"}, "is not UTF-8"),
            ({"roster": "id,extension_days\nada,soon\n"}, "'soon' is no number"),
            ({"adjustments": "id,task,delta,reason\nada,1.1,2,\n"}, "a reason is missing"),
            ({"adjustments": "id,task,delta,reason\nada,1.1,x,y\n"}, "'x' is no number"),
            ({"adjustments": "id,task,delta,reason\nada,1.1,1,a, b\n"}, "has not as many cells"),
            ({"adjustments": "id,task,delta,reason\neve,1.1,1,a\n", "roster": "id\nada\n"}, "eve is not in the roster"),
            ({"submitted": "id,submitted\nada,10:00\n"}, "is no moment"),
        ):
            with self.subTest(files), self.assertRaisesRegex(Mistake, re.escape(words)):
                Book.read(**{key: file(text) for key, text in files.items()})
        with self.assertRaisesRegex(Mistake, "No such file"):
            Book.read(roster="/nowhere.csv")


class Regrade(unittest.TestCase):
    def test_the_same_points_are_no_change(self):
        self.assertEqual(regrade.changes(result(), result(grader={**result()["grader"], "seed": 9})), [])

    def test_says_which_task_and_why(self):
        new = result(points=30)
        new["tasks"][1]["points"] = 10
        new["grader"]["seed"] = 9
        found = regrade.changes(result(), new)
        self.assertRegex(found[0], r"^1\.2: 5 -> 10, was: ")
        self.assertIn("--seed 7", found[-1])

    def test_an_unsteady_submission_is_called_so(self):
        new = result(points=30)
        new["tasks"][1]["points"] = 10
        self.assertIn("from run to run", regrade.changes(result(), new)[-1])

    def test_the_table_names_only_changes(self):
        new = result("bob", points=30)
        new["tasks"][1]["points"] = 10
        text = regrade.table([(result(), result()), (result("bob"), new)])
        self.assertEqual([row["id"] for row in csv.DictReader(io.StringIO(text))], ["bob"])


if __name__ == "__main__":
    unittest.main()
