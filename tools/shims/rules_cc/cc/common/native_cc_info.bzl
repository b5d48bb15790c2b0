"""Bazel's own CcInfo under another name: a file cannot give a name the meaning it already has."""

NATIVE_CC_INFO = CcInfo
