"""Modules as objects: what a class gets of earlier modules, so that a handout publishes no solution.

    objects.sources(root, module)         # the C files that become lib<module>.a
    objects.kernels(plan, module)         # the .cu files with solutions, which become another archive
    objects.compile(plan, module, new)    # writes the archives
    objects.build_file(file, text, ...)   # BUILD files that name them

Kernels are compiled for the simulator. For a GPU they would have to be compiled for the class's cards, so
such a handout is built as where there is no nvcc.
"""

import ast
import re
import tempfile
from pathlib import Path

import cc
import regions

FORMULAS = "module0_operators/formulas.h"
KERNELS = "libcourse_kernels.a"


class Refused(Exception):
    """Why no tree was made; for the user."""


def _srcs(text):
    """The node of tt_module's srcs in a BUILD file."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tt_module":
            return next(keyword.value for keyword in node.keywords if keyword.arg == "srcs")
    return None


def sources(root, module):
    """The files of a module's implementation, which become objects."""
    files = [f"{module}/{file}" for file in ast.literal_eval(_srcs((root / module / "BUILD").read_text()))]
    return [file for file in files if file.endswith(".c")]


def with_objects(text, module):
    node = _srcs(text)
    headers = [file for file in ast.literal_eval(node) if file.endswith(".h")]
    chosen = (f'select({{\n        "//tools:opt": ["lib{module}_opt.a"],\n'
              f'        "//conditions:default": ["lib{module}.a"],\n    }})')
    if headers:
        chosen = f"{headers!r} + ".replace("'", '"') + chosen
    lines = text.splitlines(keepends=True)
    head = "".join(lines[: node.lineno - 1]) + lines[node.lineno - 1][: node.col_offset]
    tail = lines[node.end_lineno - 1][node.end_col_offset :] + "".join(lines[node.end_lineno :])
    return head + chosen + tail


def declared(text):
    """formulas.h with each body replaced by a call of the compiled formula."""
    text = regions.strip(text, {region.task for region in regions.parse(text, FORMULAS)}, FORMULAS)
    head = """\

/* The bodies are in libmodule0_operators.a: tti_compiled_mul_double and so on. */
#ifndef TTI_COMPILED
#define TTI_FORMULA_NAME(name, type) tti_compiled_##name##_##type
#define TTI_FORMULA_OF(name, type) TTI_FORMULA_NAME(name, type)
#define TTI_COMPILED(name) TTI_FORMULA_OF(name, real)
#ifdef __cplusplus
#define TTI_EXTERN extern "C"
#else
#define TTI_EXTERN extern
#endif
#endif
"""

    def call(match):
        name, parameters = match.groups()
        arguments = ", ".join(parameter.split()[-1] for parameter in parameters.split(","))
        return (f"TTI_EXTERN real TTI_COMPILED({name})({parameters});\n"
                f"TT_FORMULA({name})({parameters})\n{{\n"
                f"    return TTI_COMPILED({name})({arguments});\n}}")

    text = re.sub(r"^TT_FORMULA\((\w+)\)\(([^)]*)\)\n\{.*?^\}", call, text, flags=re.M | re.S)
    return text.replace("*/\n", "*/\n" + head, 1)


COMPILED_FORMULAS = """\
#include "module0_operators/operators.h"
#define UNARY(NAME, name) \\
    double tti_compiled_##name##_double(double x) { return tt_op_##name(x); } \\
    float tti_compiled_##name##_float(float x) { return tt_op_##name##f(x); }
#define BINARY(NAME, name) \\
    double tti_compiled_##name##_double(double x, double y) { return tt_op_##name(x, y); } \\
    float tti_compiled_##name##_float(float x, float y) { return tt_op_##name##f(x, y); }
TT_UNARY_OPS(UNARY)
TT_BINARY_OPS(BINARY)
"""


def kernels(plan, module):
    """The kernels that learners write."""
    return sorted(file for file in plan.files([module]) if file.endswith(".cu") and not is_warm_up(file))


def is_warm_up(file):
    """Not handed out below: their solutions would be, and they are played in module 3."""
    return file.startswith("module3_gpu/puzzles/")


def compile(plan, module, new):
    """Archives of a module's implementation: one as it is tested, one for -c opt; and of its kernels."""
    files, cuda = sources(plan.root, module), kernels(plan, module)
    learned = {file for file in plan.files([module]) if not file.startswith("tests/") and not is_warm_up(file)}
    if open_files := learned - {*files, *cuda, FORMULAS}:
        raise Refused(f"{', '.join(sorted(open_files))}: not in the srcs of {module}'s tt_module, so"
                      " it would be handed out as source; use --below source or --below own")
    standard = cc.flags(plan.root, "STANDARD") + ["-O2", "-fPIC", "-w"]
    checked = [flag for flag in cc.flags(plan.root, "CHECKED") if flag != "-g"]
    for suffix, more in {"": checked, "_opt": []}.items():
        _archive(plan, files, standard + more, new / module / f"lib{module}{suffix}.a",
                 module == "module0_operators" and plan.hides_formulas())
    if cuda:
        _archive(plan, cuda, [], new / cuda[0].rpartition("/")[0] / KERNELS, False)


def _flags_of(file):
    """Threads, where the module's BUILD file asks for them."""
    threads = file.startswith("module3_gpu/") and file.endswith(".c")
    return ["-fPIC", "-w", *["-fopenmp"] * threads]


def _archive(plan, files, flags, archive, formulas):
    with tempfile.TemporaryDirectory() as work:
        build = cc.Build(plan.root, work, flags)
        try:
            build.compile(files, _flags_of)
        except cc.CompileError as error:
            raise Refused(f"{archive.parent.name} does not compile:\n{error}") from None
        made = [build.objects[file] for file in files]
        if formulas:
            made.append(_compiled_formulas(plan, Path(work), flags))
        archive.parent.mkdir(parents=True, exist_ok=True)
        _demand(cc.run(["ar", "crsD", archive, *made]))


def with_kernels(text):
    """cuda/BUILD: its library of kernels stands on the archive of those that are not there."""
    call = next(n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call)
                and getattr(n.func, "id", "") == "tt_cuda_library")
    deps = next(k.value for k in call.keywords if k.arg == "deps")
    lines = text.splitlines(keepends=True)
    at = lines[deps.lineno - 1]
    lines[deps.lineno - 1] = at[: deps.col_offset + 1] + '":course_kernels", ' + at[deps.col_offset + 1 :]
    return "".join(lines) + f'''
# The kernels of Tasks 3.3 and 3.4, for the simulator.
tt_library(
    name = "course_kernels",
    srcs = ["{KERNELS}"],
    deps = ["//module3_gpu/sim"],
)
'''


def _compiled_formulas(plan, work, flags):
    source, target = work / "compiled_formulas.c", work / "compiled_formulas.o"
    source.write_text(COMPILED_FORMULAS)
    _demand(cc.run([cc.CC, *flags, "-iquote", plan.root, "-c", source, "-o", target]))
    return target


def _demand(done):
    if done.returncode:
        raise Refused(f"{done.args[0]} failed:\n{done.stdout}")
