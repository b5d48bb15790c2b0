"""The rule repositories of a Bazel without modules: stand-ins of ours that export Bazel's own rules.

So a machine needs no network to build, and BUILD files read the same everywhere: they load
cc_library from @rules_cc, as Bazel 9 wants it.
"""

load(":cuda_repository.bzl", "cuda_repository")

def _stand_in(name):
    native.local_repository(name = name, path = "tools/shims/" + name)

def rule_repositories():
    _stand_in("rules_cc")
    _stand_in("rules_shell")
    cuda_repository(name = "tt_cuda")

    # Debian's Bazel was built without the archives of its own rules and would download them.
    # It does not tell its version, so it is known by what it lacks (Bazel 6 has module_name).
    if not hasattr(native, "module_name"):
        _stand_in("rules_java")
        _stand_in("rules_proto")
        _stand_in("remote_coverage_tools")
