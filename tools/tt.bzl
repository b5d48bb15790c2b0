"""TinyTorch's rules: C with the house's flags, a module whose implementation can be swapped, tests.

    tt_library(name = "core", srcs = ["ctx.c"], hdrs = ["ctx.h"])
    tt_module(name = "module1_autodiff", srcs = ["graph.c"], hdrs = ["graph.h"], deps = [...])
    tt_program(name = "train", srcs = ["train.c"], deps = [...])
    tt_test(name = "task1_4_test", srcs = ["task1_4_test.c"], deps = [...])
"""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library", "cc_test")
load(":flags.bzl", "CHECKED", "OPTIMIZED", "STANDARD", "WARNINGS")

_COPTS = STANDARD + WARNINGS + select({
    "//tools:opt": OPTIMIZED,
    "//conditions:default": CHECKED,
})

def tt_library(name, srcs = [], hdrs = [], deps = [], copts = [], **kwargs):
    """A C library. Static only: building a shared twin of each would double the work."""
    cc_library(
        name = name,
        srcs = srcs,
        hdrs = hdrs,
        deps = deps,
        copts = _COPTS + copts,
        linkstatic = True,
        **kwargs
    )

def tt_module(name, hdrs, srcs, deps = [], copts = [], impl_deps = [], formulas = None):
    """One assignment: headers that stay, and an implementation that can be swapped.

    :headers    the module's interface; always this repository's
    :reference  its implementation here, the learner's files and the given ones
    :impl       a flag that chooses the implementation:
                    bazel test //tests:module1 --//module1_autodiff:impl=//some:library
    :<name>     what everybody depends on: headers and the chosen implementation
    :files      the folder, for tests of the whole tree
    :formulas   (module 0) a header that learners write, so a library behind a flag of its own

    impl_deps: libraries of the implementation alone, which goes with them when it is swapped.

    A library put in the implementation's place depends on :headers and on lower modules.
    Modules above this one, tests, tools and courses may use it; modules below may not.
    """
    visibility = ["//tools:%s_and_above" % name]

    if formulas:
        tt_library(name = "reference_formulas", hdrs = formulas)
        native.label_flag(
            name = "formulas",
            build_setting_default = ":reference_formulas",
            visibility = visibility,
        )

    tt_library(
        name = "headers",
        hdrs = hdrs,
        deps = deps + ([":formulas"] if formulas else []),
        visibility = visibility,
    )
    tt_library(
        name = "reference",
        srcs = srcs,
        copts = copts,
        deps = deps + impl_deps + [":headers"],
        visibility = visibility,
    )
    native.label_flag(
        name = "impl",
        build_setting_default = ":reference",
        visibility = visibility,
    )
    tt_library(
        name = name,
        deps = [":headers", ":impl"],
        visibility = visibility,
    )

    # The folder as it is, for tests that try changed copies of it.
    native.filegroup(
        name = "files",
        srcs = native.glob(["**"]),
        visibility = ["//tools:__pkg__"],
    )

def tt_program(name, srcs, deps = [], copts = [], **kwargs):
    """A program, run with `bazel run`."""
    cc_binary(
        name = name,
        srcs = srcs,
        deps = deps,
        copts = _COPTS + copts,
        **kwargs
    )

def tt_plain_test(name, srcs, deps = [], copts = [], size = "small", **kwargs):
    """A test with a main of its own: where Criterion is in the way (counting calls of malloc, TSan)."""
    cc_test(
        name = name,
        srcs = srcs,
        deps = deps,
        copts = _COPTS + copts,
        linkstatic = True,
        size = size,
        **kwargs
    )

def tt_test(name, srcs, deps = [], **kwargs):
    """A Criterion test. Its sources stand in the test itself: in a library they would be dropped."""
    tt_plain_test(
        name = name,
        srcs = srcs,
        copts = [
            "-Wno-conversion",  # the macros of criterion/new/assert.h convert
            "-g",  # a crash names its line in -c opt too
        ],
        # Nothing refers to Criterion's list of tests: in -c opt the linker would throw it away.
        linkopts = ["-Wl,--no-gc-sections"],
        deps = deps + ["//tests/support:criterion"],
        **kwargs
    )

def tt_fuzz_test(name, srcs, corpus, deps = [], **kwargs):
    """LLVMFuzzerTestOneInput over bytes. As a test it tries each file of the corpus.

    It searches for new inputs with clang's libFuzzer, starting from the corpus:
        ./bazelw run --config=fuzz //tests/x:NAME -- -max_total_time=60

    corpus: a folder of this package.
    """
    files = native.glob([corpus + "/*"])
    tt_plain_test(
        name = name,
        srcs = srcs,
        # libFuzzer given files tries them and ends; given a folder it searches.
        args = select({
            "//tools:fuzz": ["%s/%s" % (native.package_name(), corpus)],
            "//conditions:default": ["$(rootpath %s)" % file for file in files],
        }),
        data = files,
        linkopts = select({
            "//tools:fuzz": ["-fsanitize=fuzzer"],
            "//conditions:default": [],
        }),
        deps = deps + select({
            "//tools:fuzz": [],
            "//conditions:default": ["//tests/support:fuzz_main"],
        }),
        **kwargs
    )
