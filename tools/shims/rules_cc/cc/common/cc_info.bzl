"""CcInfo as rules_cc exports it, for rules of our own."""

load(":native_cc_info.bzl", "NATIVE_CC_INFO")

CcInfo = NATIVE_CC_INFO
