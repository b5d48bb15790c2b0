"""JUnit XML as GitLab, Jenkins and editors read it: a suite a task, a case a behaviour."""

import re
from xml.etree import ElementTree

# What XML cannot hold, not even escaped.
CONTROL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def document(result):
    """The text of the file."""
    root = ElementTree.Element("testsuites", name=_clean(f"{result['module_name']} {result['submission']['id']}"))
    for task in result["tasks"]:
        root.append(_suite(result, task))
    for key in ("tests", "failures", "errors"):
        root.set(key, str(sum(int(suite.get(key)) for suite in root)))
    root.set("time", _seconds(result["grader"]["seconds"]))
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, "unicode") + "\n"


def _clean(text):
    return CONTROL.sub("\ufffd", text)


def _seconds(value):
    return f"{value:.3f}"


def _suite(result, task):
    judged = task["judgements"].get(task["counts"]) or next(filter(None, task["judgements"].values()), None)
    cases = judged["cases"] if judged else []
    if not cases:  # it did not come to that: the task itself is the case
        cases = [{"name": "task", "status": task["status"], "sentence": task["sentence"], "seconds": 0,
                  "output": judged["compiler"] if judged else "", "signal": None, "limit": None}]
    name = f"task{task['id'].replace('.', '_')}"
    suite = ElementTree.Element("testsuite", name=name, tests=str(len(cases)),
                                timestamp=result["grader"]["started"].rstrip("Z"), hostname="grader",
                                time=_seconds(sum(case["seconds"] for case in cases)))
    for case in cases:
        suite.append(_case(f"{result['module_name']}.{name}", case))
    for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(key, str(len(suite.findall(f"testcase/{tag}"))))
    return suite


def _case(classname, case):
    made = ElementTree.Element("testcase", name=_clean(case["name"]), classname=classname,
                               time=_seconds(case["seconds"]))
    sentence = _clean(case["sentence"])
    if case["status"] == "skipped":
        ElementTree.SubElement(made, "skipped", message=sentence)
    elif case["status"] != "passed":
        broken = case["status"] == "error" or case["signal"] or case["limit"]
        kind = case["signal"] or case["limit"] or case["status"]
        fault = ElementTree.SubElement(made, "error" if broken else "failure", message=sentence, type=kind)
        fault.text = sentence
    if case["output"]:
        ElementTree.SubElement(made, "system-out").text = _clean(case["output"])
    return made
