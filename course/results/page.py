"""One HTML page a student: what counts, what is wrong, and with which numbers. Needs nothing else."""

from html import escape

from book import number

STYLE = """
:root{color-scheme:light dark;--line:#8886}
body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin:2rem 0 .3rem}
table{border-collapse:collapse;margin:1rem 0;width:100%}
th,td{padding:.3rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
pre{overflow:auto;padding:.6rem;border:1px solid var(--line);font-size:.85rem;max-height:24rem}
.tag{display:inline-block;min-width:6.2em;font-size:.85rem;font-weight:bold}
.passed{color:#17803d}.failed,.error{color:#c2271b}.skipped,.not_started,.manual{color:#8a6d00}
.why{font-size:.9rem}summary{cursor:pointer}details{margin:.4rem 0}
"""

WORDS = {"passed": "\u2713 passed", "failed": "\u2717 failed", "error": "\u2717 error",
         "skipped": "\u2013 skipped", "not_started": "\u00b7 not started", "manual": "\u00b7 by hand"}

VALUES = 24  # of an array that are shown


def _e(value):
    return escape(str(value))


def _tag(status):
    return f'<span class="tag {_e(status)}">{WORDS.get(status, _e(status))}</span>'


def page(grade, repro=lambda task, case: None):
    """repro(task id, case): the address of the file with which a failure can be seen again, or None."""
    result = grade.result
    name = grade.student.name or grade.student.id
    title = f"{result['module_name']}: {name}"
    parts = [_head(title), f"<h1>{_e(title)}</h1>", _summary(grade), _overview(grade)]
    by_id = {task["id"]: task for task in result["tasks"]}
    for task in grade.tasks:
        if task.id in by_id:
            parts.append(_task(by_id[task.id], repro))
    parts += [_handed_in(result), _small_print(result), "</body>\n</html>\n"]
    return "\n".join(filter(None, parts))


def _head(title):
    return ('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{_e(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>")


def _summary(grade):
    lines = [f"<p><strong>{number(grade.points)} of {number(grade.max_points)} points.</strong>"
             f" {_e(grade.result['sentence'])}.</p>"]
    if grade.late_sentence:
        lines.append(f"<p>{_e(grade.late_sentence)} (before that: {number(grade.before)} points).</p>")
    lines += [f"<p>{number(a.delta):+} points: {_e(a.reason)}</p>" for a in grade.adjustments]
    return "\n".join(lines)


def _overview(grade):
    rows = []
    for task in grade.tasks:
        why = "".join(f"<br>{number(a.delta):+}: {_e(a.reason)}" for a in task.adjustments)
        rows.append(f"<tr><td>{_e(task.id)}</td><td>{_e(task.title)}</td><td>{_tag(task.status)}</td>"
                    f'<td class="n">{number(task.points)} / {number(task.max_points)}</td>'
                    f'<td class="why">{_e(task.sentence)}{why}</td></tr>')
    return ('<table>\n<thead><tr><th>task</th><th></th><th></th><th class="n">points</th><th></th></tr></thead>\n'
            f"<tbody>\n{chr(10).join(rows)}\n</tbody></table>")


def _task(task, repro):
    judged = task["judgements"].get(task["counts"]) if task["counts"] else None
    other = {"spliced": "whole", "whole": "spliced"}.get(task["counts"])
    parts = [f"<h2>{_e(task['id'])} {_e(task['title'])}</h2>"]
    if not judged:
        return "\n".join([*parts, f"<p>{_tag(task['status'])} {_e(task['sentence'])}</p>"])
    how = {"spliced": "your regions of this task in the reference's files", "whole": "your files as they are"}
    also = task["judgements"].get(other)
    parts.append(f'<p class="why">Judged by {how[task["counts"]]}: {number(judged["points"])} points' +
                 (f"; by {how[other]}: {number(also['points'])} points, {_e(also['sentence'])}" if also else "") +
                 ". The better counts.</p>")
    if judged["compiler"]:
        parts.append(f"<p>The compiler says:</p><pre>{_e(judged['compiler'])}</pre>")
    parts += [_case(case, repro(task["id"], case)) for case in judged["cases"]]
    return "\n".join(parts)


def _case(case, repro):
    line = (f"{_tag(case['status'])} <strong>{_e(case['name'])}</strong>: {_e(case['title'])}"
            f" ({number(case['points'])} / {number(case['max_points'])})")
    if case["status"] == "passed":
        return f"<div>{line}</div>"
    facts = [f"<p>{_e(case['sentence'])}</p>"]
    if case["record"]:
        place = "".join(f"[{i}]" for i in case["index"])
        facts.append("<table><tbody>"
                     f"<tr><th>value</th><td>{_e(case['record'])}{_e(place)}</td></tr>"
                     f"<tr><th>expected</th><td>{_e(case['expected'])}</td></tr>"
                     f"<tr><th>yours</th><td>{_e(case['actual'])}</td></tr></tbody></table>")
    if case["input"]:
        facts.append("<p>It was called with</p><pre>" + "\n".join(map(_input, case["input"])) + "</pre>")
    if case["output"].strip():
        facts.append(f"<details><summary>what the program printed last</summary><pre>{_e(case['output'])}"
                     "</pre></details>")
    if repro:
        facts.append(f'<p>To see it again: <a href="{_e(repro)}">{_e(repro)}</a>'
                     f" (inputs of seed {_e(case['seed'])})</p>")
    return f"<details open><summary>{line}</summary>\n{chr(10).join(facts)}\n</details>"


def _input(given):
    values = [f"{value:.9g}" if isinstance(value, float) else str(value) for value in given["values"]]
    shown = ", ".join(values[:VALUES]) + (f", .. ({len(values)} in all)" if len(values) > VALUES else "")
    shape = f" ({','.join(map(str, given['shape']))})" if given["shape"] else ""
    return _e(f"{given['name']}{shape} = {shown}")


def _handed_in(result):
    about = result["submission"]
    rows = [f"<tr><td>{_e(file['path'])}</td><td class=\"n\">{file['bytes']}</td>"
            f"<td><code>{_e(file['sha256'][:16])}</code></td></tr>" for file in about["files"]]
    rows += [f"<tr><td>{_e(path)}</td><td></td><td>not handed in</td></tr>" for path in about["missing"]]
    refused = "".join(f"<li>{_e(sentence)}</li>" for sentence in about["refused"])
    return ("<h2>What was handed in</h2>\n<table><tbody>" + "\n".join(rows) + "</tbody></table>" +
            (f"<p>Not taken:</p><ul>{refused}</ul>" if refused else ""))


def _small_print(result):
    grader = result["grader"]
    below = {"reference": "the reference's modules below", "own": "the submission's own modules below"}
    return (f'<p class="why">Graded {_e(grader["started"])} on {below[grader["below"]]} in'
            f" {grader['seconds']:.1f} s, inputs by seed {grader['seed']}, reference"
            f" {_e(grader['reference'][:12])}. {_e(result['isolation']['sentence'])}</p>")


def class_page(grades, missing, strangers):
    """The instructor's list."""
    rows = [f'<tr><td><a href="{_e(g.student.id)}/index.html">{_e(g.student.id)}</a></td>'
            f"<td>{_e(g.student.name)}</td>"
            f'<td class="n">{number(g.points)} / {number(g.max_points)}</td>'
            f'<td class="why">{_e(g.late_sentence or g.result["sentence"])}</td></tr>'
            for g in sorted(grades, key=lambda grade: grade.student.id)]
    rows += [f'<tr><td>{_e(s.id)}</td><td>{_e(s.name)}</td><td class="n">0</td>'
             "<td>nothing was handed in</td></tr>" for s in missing]
    warning = ""
    if strangers:
        warning = (f"<p>Not in the roster (is a file's name not the id?): {_e(', '.join(strangers))}</p>")
    return "\n".join([_head("Grades"), "<h1>Grades</h1>", warning, "<table><tbody>", *rows,
                      "</tbody></table>\n</body>\n</html>\n"])
