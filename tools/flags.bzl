"""The C compiler's flags. Plain lists: tools/compile_commands reads this file with Python."""

STANDARD = [
    "-std=c11",
    "-D_GNU_SOURCE",
]

# Never errors here: a learner's file is not failed for a warning. .bazelrc's config ci is strict.
WARNINGS = [
    "-Wall",
    "-Wextra",
    "-Wshadow",
    "-Wconversion",
    "-Wdouble-promotion",
    "-Wstrict-prototypes",
    "-Wmissing-prototypes",
    "-Wvla",
]

OPTIMIZED = ["-O3"]

# Stale tensors are named, except in -c opt (support/ctx.h).
CHECKED = [
    "-g",
    "-DTT_CHECK_STALE=1",
]
