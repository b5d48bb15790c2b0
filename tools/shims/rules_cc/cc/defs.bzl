"""rules_cc for a Bazel whose C rules are native; Bazel's own repositories load the last four."""

cc_binary = native.cc_binary
cc_library = native.cc_library
cc_test = native.cc_test

cc_import = native.cc_import
cc_proto_library = native.cc_proto_library
cc_toolchain = native.cc_toolchain
cc_toolchain_suite = native.cc_toolchain_suite
