"""Tests and suites from files: one Criterion test a file, a suite a task and a module."""

load("//tools:tt.bzl", "tt_library", "tt_test")

def _module(file):
    return file.split("/")[0]

def _name(file):
    return file.split("/")[-1][:-len(".c")]

def _suite(name, tests):
    # A suite of nothing would be a suite of everything: Bazel takes an empty list so.
    if tests:
        native.test_suite(name = name, tests = tests)

def tests_of_modules(tests, helpers, tasks, extra = {}, smoke = []):
    """Declares a test for each file of <module>/<name>_test.c, and the suites.

    Args:
      tests: paths of test files, in folders named after their module
      helpers: sources and headers in <module>/support/, for all tests of that module
      tasks: the registry, course/tasks.bzl
      extra: test -> further arguments of its tt_test; deps are added to the module's own
      smoke: the tests of the suite :smoke
    """
    helped = {_module(file): None for file in helpers}
    for module in helped:
        mine = [file for file in helpers if _module(file) == module]
        tt_library(
            name = module + "_support",
            testonly = True,
            srcs = [file for file in mine if file.endswith(".c")],
            hdrs = [file for file in mine if file.endswith(".h")],
            copts = ["-Wno-conversion"],  # see tt_test
            deps = ["//" + module, "//tests/support:criterion"],
        )

    modules = {_name(file): _module(file) for file in tests}
    for file in tests:
        module = _module(file)
        arguments = dict(extra.get(_name(file), {}))
        deps = ["//" + module] + arguments.pop("deps", [])
        if module in helped:
            deps.append(":" + module + "_support")
        tt_test(
            name = _name(file),
            srcs = [file],
            deps = deps,
            **arguments
        )

    for task in tasks:
        _suite("task" + task["id"].replace(".", "_"), [t for t in task["tests"] if t in modules])
    for module in {m: None for m in modules.values()}:
        _suite(module.split("_")[0], [t for t in modules if modules[t] == module])
    _suite("smoke", [t for t in smoke if t in modules])
