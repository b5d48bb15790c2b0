"""Examples in Markdown pages and headers: finding them and making programs of them.

The conventions stand in docs_test.py, which tries them.
"""

import re
from dataclasses import dataclass

INCLUDES = ["<math.h>", "<stdio.h>", "<stdlib.h>", "<string.h>", '"tinytorch.h"']
KEYWORDS = "if|else|for|while|do|switch|return|case|default|sizeof|TT_SCOPE"
FUNCTION = re.compile(rf"(?!(?:{KEYWORDS})\b)[\w ]+[ *]+(?!(?:{KEYWORDS})\b)\w+\([^;]*\)\s*\{{")
TYPE = re.compile(r"(typedef|static|extern|(struct|enum|union) \w+\s*\{)")


@dataclass(frozen=True)
class Block:
    file: str
    line: int  # of its first line
    language: str
    note: str  # what stands behind the language: ```c signature
    text: str

    def __str__(self):
        return f"{self.file}:{self.line}"


# ------------------------------------------------------------------ finding


def blocks_of_page(file, text):
    """The fenced blocks of a Markdown page."""
    fence = re.compile(r"^( *)```(\w*) *(.*?)\n(.*?)^ *```$", re.M | re.S)
    for match in fence.finditer(text):
        indent, language, note, code = match.groups()
        code = re.sub(f"^{indent}", "", code, flags=re.M)
        yield Block(file, text.count("\n", 0, match.start()) + 2, language, note.strip(), code)


def blocks_of_header(file, text):
    """What stands below `Example:` or `Example (NOTE):` in comments, indented deeper."""
    for comment in re.finditer(r"/\*.*?\*/", text, re.S):
        lines = re.sub(r"\*/$", "", comment[0]).split("\n")
        lines = [re.sub(r"^( ?/\*| \*)", "  ", line) for line in lines]
        first = text.count("\n", 0, comment.start()) + 1
        for number, line in enumerate(lines):
            if not (match := re.match(r"( *)Example(?: \((.*)\))?:\s*$", line)):
                continue
            indent, note, code = len(match[1]), match[2] or "", []
            for below in lines[number + 1 :]:
                if below.strip() and len(below) - len(below.lstrip()) <= indent:
                    break
                code.append(below[indent:])
            yield Block(file, first + number + 1, "c", note, "\n".join(code).rstrip() + "\n")


# ------------------------------------------------------------------ making programs


def items(text):
    """(line, text) of what stands outermost: a statement, a definition, a directive, a comment."""
    item, start, depth = [], 0, 0
    for number, line in enumerate(text.split("\n")):
        if not item and not line.strip():
            continue
        start = start if item else number
        item.append(line)
        code = re.sub(r'//.*|/\*.*?\*/|"(\\.|[^"\\])*"|\'(\\.|[^\'\\])*\'', "", line).strip()
        depth += sum(map(code.count, "{([")) - sum(map(code.count, "})]"))
        if depth == 0 and (code.endswith((";", "}")) or code.startswith("#") and line[-1:] != "\\"):
            yield start, "\n".join(item)
            item = []
    if item:
        yield start, "\n".join(item)


def is_definition(text):
    code = re.sub(r"//.*|/\*.*?\*/", "", text, flags=re.S).strip()
    return code.startswith("#") or bool(TYPE.match(code) or FUNCTION.match(code))


def program(block):
    """The block as a program."""
    if re.search(r"\bint main\(", block.text):
        return f'#line {block.line} "{block.file}"\n{block.text}'
    includes = INCLUDES + ([f'"{block.file}"'] if block.file.endswith(".h") else [])
    outside, inside = [], []
    for start, item in items(block.text):
        place = outside if is_definition(item) else inside
        place.append(f'#line {block.line + start} "{block.file}"\n{item}')
    own = re.search(r"\btt_ctx \*c = ", "\n".join(inside))
    context = ["tt_ctx *c = tt_ctx_new(NULL);"]
    ending = ["return tt_exit(c);"]
    if expected(block, "error"):  # it becomes the last line of standard output
        context.append("tt_error_handler(c, tt_error_quiet, NULL);")
        ending = ['puts(tt_error(c) ? tt_error(c) : "no error");', "tt_ctx_free(c);"]
    return "\n".join([
        *(f"#include {header}" for header in includes),
        *outside,
        "int main(void)\n{",
        *([] if own else context),
        *inside,
        '#line 1 "end of the example"',
        *([] if own else ending),
        "return 0;\n}\n",
    ])


def expected(block, what):
    """The texts of its lines `// prints: ...` or `// error: ...`."""
    return re.findall(rf"// {what}: ?(.*?) *$", block.text, re.M)
