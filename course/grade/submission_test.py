#!/usr/bin/env python3
"""Reading submissions that nobody vouches for: folders and archives, honest and hostile."""

import io
import os
import sys
import tarfile
import tempfile
import time
import unittest
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))

import layout
import submission
import toolbox
from toolbox import Toolbox
from worker import Sandbox

TEXT = "int tt_x(void)\n{\n    return 1;\n}\n"
FILE = "module1_autodiff/scalar.c"


class Reading(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tools = Toolbox(ROOT, 1)
        cls.box = Sandbox(cls.tools)
        cls.wanted = layout.learned(cls.tools.own)

    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.addCleanup(self.place.cleanup)
        self.folder = Path(self.place.name)

    def read(self, path):
        return submission.read(path, self.tools, self.box, self.wanted)

    def zip(self, entries, name="ada.zip"):
        path = self.folder / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for entry, content in entries:
                archive.writestr(entry, content)
        return path

    def tar(self, members, name="ada.tar.gz"):
        path = self.folder / name
        with tarfile.open(path, "w:gz") as archive:
            for member, content in members:
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        return path

    def tree(self, files):
        for file, content in files.items():
            path = self.folder / "ada" / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self.folder / "ada"

    # ---- honest ones -------------------------------------------------------------------------------

    def test_a_folder_a_zip_and_a_tar_are_the_same(self):
        member = tarfile.TarInfo(f"ada/{FILE}")
        for path, kind in ((self.tree({FILE: TEXT}), "folder"), (self.zip([(FILE, TEXT)]), "zip"),
                           (self.tar([(member, TEXT.encode())]), "tar")):
            found = self.read(path)
            self.assertEqual((found.id, found.kind, found.files), ("ada", kind, {FILE: TEXT}))
            self.assertEqual(found.refused, [])

    def test_a_file_is_found_below_a_folder_and_by_its_name_alone(self):
        self.assertEqual(list(self.read(self.zip([(f"my-work/{FILE}", TEXT)])).files), [FILE])
        self.assertEqual(list(self.read(self.zip([("scalar.c", TEXT)])).files), [FILE])

    def test_lines_and_encodings_are_mended(self):
        found = self.read(self.tree({FILE: b"\xef\xbb\xbfint x;\r\nint y;"}))
        self.assertEqual(found.files[FILE], "int x;\nint y;\n")
        found = self.read(self.tree({FILE: b"/* gr\xfc\xdfe */\n"}))
        self.assertIn("not UTF-8", found.refused[0])

    def test_the_file_nearest_to_the_top_counts(self):
        found = self.read(self.zip([(f"old/deep/{FILE}", "old\n"), (FILE, TEXT)]))
        self.assertEqual(found.files[FILE], TEXT)

    # ---- hostile ones --------------------------------------------------------------------------------

    def refused(self, path, words):
        with self.assertRaises(submission.Refused) as caught:
            self.read(path)
        self.assertIn(words, str(caught.exception))

    def test_nothing_of_the_module(self):
        self.refused(self.zip([("essay.txt", "hello")]), "holds none of the files")
        self.refused(self.folder / "absent.zip", "there is no such")

    def test_paths_that_lead_out_are_refused(self):
        for name in (f"../{FILE}", f"a/../../{FILE}", f"/{FILE}", f"..\\{FILE}"):
            found = self.read(self.zip([(name, "bad\n"), ("graph.c", TEXT)]))
            self.assertEqual(list(found.files), ["module1_autodiff/graph.c"], name)
            self.assertTrue(found.refused, name)
        self.assertFalse((self.folder.parent / FILE).exists())

    def test_links_and_devices_are_refused(self):
        honest = (tarfile.TarInfo("module1_autodiff/graph.c"), TEXT.encode())
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE):
            member = tarfile.TarInfo(FILE)
            member.type, member.linkname = kind, "/etc/passwd"
            found = self.read(self.tar([(member, b""), honest]))
            self.assertEqual(list(found.files), ["module1_autodiff/graph.c"])
            self.assertIn("is not taken", found.refused[0])

    def test_links_and_pipes_in_a_folder_are_refused(self):
        folder = self.tree({"module1_autodiff/graph.c": TEXT})
        os.symlink("/etc/passwd", folder / FILE)
        os.mkfifo(folder / "module1_autodiff/network.c")
        os.symlink("/etc", folder / "etc")
        found = self.read(folder)
        self.assertEqual(list(found.files), ["module1_autodiff/graph.c"])
        self.assertEqual(len(found.refused), 4)  # the link to a file is no regular file either

    def test_files_of_the_build_are_refused(self):
        found = self.read(self.zip([(FILE, TEXT), ("BUILD", "x"), ("tools/tt.bzl", "x"), (".bazelrc", "x")]))
        self.assertEqual(len(found.refused), 3)
        self.assertIn("belongs to the build", found.refused[0])

    def test_what_is_no_source_is_refused(self):
        found = self.read(self.tree({FILE: b"\0\1\2", "module1_autodiff/graph.c": TEXT,
                                     "module1_autodiff/network.c": b"x" * (2 << 20)}))
        self.assertEqual(list(found.files), ["module1_autodiff/graph.c"])
        self.assertEqual(len(found.refused), 2)

    def test_a_large_file_in_an_archive_is_refused(self):
        found = self.read(self.zip([(FILE, "x" * (2 << 20)), ("graph.c", TEXT)]))
        self.assertEqual(list(found.files), ["module1_autodiff/graph.c"])
        self.assertIn("more than 1 MB", found.refused[0])

    def test_a_bomb_is_refused(self):
        path = self.folder / "bomb.tar.gz"
        member = tarfile.TarInfo("zeros")
        member.size = 600 << 20
        with tarfile.open(path, "w:gz", compresslevel=1) as archive:
            archive.addfile(member, Zeros())
            archive.addfile(tarfile.TarInfo("after"))
        self.refused(path, "bomb.tar.gz")

    def test_a_million_entries_are_refused(self):
        path = self.folder / "many.tar"
        header = tarfile.TarInfo("x" * 20).tobuf()
        with open(path, "wb") as file:
            for _ in range(1000):
                file.write(header * 1000)
        self.refused(path, "more than 20000 entries")

    def test_damaged_archives_are_refused(self):
        whole = self.zip([(FILE, TEXT * 100)]).read_bytes()
        for size in (0, 1, 10, len(whole) // 2, len(whole) - 30):
            path = self.folder / "cut.zip"
            path.write_bytes(whole[:size])
            try:
                self.assertLessEqual(set(self.read(path).files), {FILE})
            except submission.Refused as error:
                self.assertIn("cut.zip", str(error))
        for byte in range(0, len(whole), 7):
            path.write_bytes(whole[:byte] + bytes([whole[byte] ^ 0x55]) + whole[byte + 1 :])
            try:
                self.read(path)
            except submission.Refused:
                pass


class Cache(unittest.TestCase):
    def test_what_is_long_unused_is_removed_and_what_may_be_in_use_is_not(self):
        with tempfile.TemporaryDirectory() as place:
            folders = [Path(place, f"made{age:02}") for age in range(toolbox.KEPT + 4)]
            for hours, folder in enumerate(folders):
                folder.mkdir()
                os.utime(folder, (0, time.time() - 2 * 3600 * hours))  # two hours apart
            toolbox.forget_old(folders[-1], "made*")
            left = sorted(path.name for path in Path(place).iterdir())
            self.assertEqual(left, sorted(f.name for f in [*folders[: toolbox.KEPT - 1], folders[-1]]))
            os.utime(folders[0], (0, 0))
            toolbox.forget_old(folders[1], "made*")
            self.assertTrue(folders[0].exists())  # the oldest, but only a few are there


class Zeros(io.RawIOBase):
    def readable(self):
        return True

    def read(self, n=-1):
        return bytes(n)


if __name__ == "__main__":
    unittest.main(verbosity=1)
