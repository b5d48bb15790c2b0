"""Tests and suites from files: one Criterion test a file, a suite a task and a module."""

load("//tools:tt.bzl", "tt_test")

def _name(file):
    return file.split("/")[-1][:-len(".c")]

def _suite(name, tests):
    # A suite of nothing would be a suite of everything: Bazel takes an empty list so.
    if tests:
        native.test_suite(name = name, tests = tests)

def tests_of_modules(files, tasks, extra = {}, smoke = []):
    """Declares a test for each file of <module>/<name>_test.c, and the suites.

    Args:
      files: paths of test files, in folders named after their module
      tasks: the registry, course/tasks.bzl
      extra: test -> further arguments of its tt_test; deps are added to the module's own
      smoke: the tests of the suite :smoke
    """
    modules = {_name(file): file.split("/")[0] for file in files}
    for file in files:
        arguments = dict(extra.get(_name(file), {}))
        tt_test(
            name = _name(file),
            srcs = [file],
            deps = ["//" + modules[_name(file)]] + arguments.pop("deps", []),
            **arguments
        )

    for task in tasks:
        _suite("task" + task["id"].replace(".", "_"), [t for t in task["tests"] if t in modules])
    for module in {m: None for m in modules.values()}:
        _suite(module.split("_")[0], [t for t in modules if modules[t] == module])
    _suite("smoke", [t for t in smoke if t in modules])
