"""A failed case as one C file: the exact inputs, what was expected, and what came instead.

    text = Repro(root).text(result, "1.2", case)     # or None: there is no scenario to run

The file is a scenario with a main function that prints. A learner puts it into course/repro/ of a
handout and types: ./bazelw run //course/repro:NAME
"""

import re
from pathlib import Path

HEAD = """\
/* {title}: {name}
 *
 *   {sentence}
 *{value}
 * Put this file into course/repro/ of your tree, and type
 *
 *   ./bazelw run //course/repro:{file}
 *
 * Graded with seed {seed}. It prints what your functions are given and what they answer, and says
 * at the value that was wrong whether it is right now. Everything below is the grader's.
 */
"""

OWN = re.compile(r'^#include "(course/grade/[^"]+)"\n', re.M)


class Repro:
    def __init__(self, root):
        self.root = Path(root)

    def text(self, result, task, case):
        scenario = f"course/grade/scenarios/task{task.replace('.', '_')}.c"
        if not (self.root / scenario).exists() or case.get("number") is None:
            return None
        seen = set()
        parts = [HEAD.format(**self._head(task, case)),
                 self._with_includes("course/grade/record.h", seen),
                 self._kinds(),
                 "#define main scenario_main\n",
                 self._with_includes("course/grade/scenario.c", seen),
                 "#undef main\n",
                 self._with_includes(scenario, seen),
                 *(self._with_includes(str(path.relative_to(self.root)), seen) for path in self._beside(seen)),
                 f"#define REPRO {self._values(case)}\n",
                 (self.root / "course/grade/repro_main.c").read_text()]
        return "\n".join(parts)

    def _with_includes(self, file, seen):
        """The file's text, the grader's own headers put in, each once."""
        seen.add(file)

        def put_in(match):
            return "" if match[1] in seen else self._with_includes(match[1], seen)

        return OWN.sub(put_in, (self.root / file).read_text())

    def _beside(self, seen):
        """The C files of the headers that a scenario shares with others."""
        for header in sorted(seen):
            path = self.root / header.replace(".h", ".c")
            if "/scenarios/" in header and header.endswith(".h") and path.exists():
                yield path

    def _kinds(self):
        """record.c's table of kinds, without what reads and writes streams."""
        text = (self.root / "course/grade/record.c").read_text()
        table = text[text.index("static const struct {") : text.index("/* ---- reading")]
        return table

    def _head(self, task, case):
        value = ""
        if case["record"]:
            place = "".join(f"[{i}]" for i in case["index"])
            value = (f"\n *   {case['record']}{place}\n *   expected: {case['expected']}"
                     f"\n *   yours:    {case['actual']}\n *")
        safe = {"title": f"Task {task}, {case['title']}", "name": case["name"],
                "sentence": case["sentence"], "value": value, "seed": case["seed"],
                "file": f"task{task.replace('.', '_')}_{case['name']}"}
        return {key: _in_comment(text) for key, text in safe.items()}

    def _values(self, case):
        expected = "NULL" if case["expected"] is None else _quoted(str(case["expected"]))
        record = case["sequence"] if case.get("sequence") is not None else 0xFFFFFFFF
        return f'{{"{case["seed"]}", "{case["number"]}", {record}u, {case["cell"] or 0}u, {expected}}}'


def _in_comment(text):
    """What a submission printed or returned must not end the comment."""
    text = re.sub(r"[^\x20-\x7e\n]", "?", str(text))
    return text.replace("*/", "* /").replace("/*", "/ *").replace("\\", "/")


def _quoted(text):
    text = "".join(c if " " <= c <= "~" and c not in '"\\?' else f"\\{ord(c):03o}"
                   for c in text.encode("utf-8", "replace").decode("latin-1"))
    return f'"{text}"'
