#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The check as a process: descriptors, signals, surroundings, and where secrets could show."""
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ.get("srcdir", "."), "tests", "cli"))
import run  # pylint: disable=wrong-import-position

CHECK = os.path.abspath("check_amr_upgrade")
CATALOG = os.path.join(run.HERE, "..", "azure", "catalog-demo.json")
RIGHT = "AMR UPGRADE CRITICAL - 6 of 11 databases need attention"
TIMEOUT_S = 5
DESCRIPTORS_MOST = 24
AZURE = None


def setUpModule():  # pylint: disable=invalid-name
    global AZURE  # pylint: disable=global-statement
    AZURE = run.Azure([])


def tearDownModule():  # pylint: disable=invalid-name
    AZURE.stop()


def is_sanitized():
    with open(CHECK, "rb") as file:
        return b"__asan_init" in file.read()


class Process(unittest.TestCase):
    def setUp(self):
        AZURE.prepare({})
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        with open(AZURE.facts["client_secret_file"], encoding="utf-8") as file:
            self.secret = file.read().strip()

    def command(self, *options):
        args = [run.fill(arg, AZURE.facts) for arg in run.LIVE_ARGS]
        return [CHECK, *args, "--catalog", CATALOG, "--as-of", "2027-01-05T13:12:00Z",
                "-t", str(TIMEOUT_S), "--cache-dir", os.path.join(self.folder.name, "cache"),
                "--state-dir", os.path.join(self.folder.name, "state"), *options]

    def start(self, *options, **more):
        more.setdefault("stdout", subprocess.PIPE)
        more.setdefault("stderr", subprocess.PIPE)
        more.setdefault("stdin", subprocess.DEVNULL)
        env = {**run.environment({}), **more.pop("env", {})}
        return subprocess.Popen(self.command(*options), env=env, cwd=self.folder.name, **more)

    def end(self, process):
        """Its exit code and output; it must end within -t and a second."""
        out, err = process.communicate(timeout=TIMEOUT_S + 1)
        return process.returncode, (out or b"").decode(), (err or b"").decode()

    def hanging(self, *options):
        """A run in the middle of a reading that Azure does not answer."""
        AZURE.ask("/_loopback/faults", b'[{"match": "redisEnterprise", "hang": true}]')
        process = self.start(*options)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        end = time.monotonic() + TIMEOUT_S
        while AZURE.ask("/_loopback/requests")["list"] == 0 and time.monotonic() < end:
            time.sleep(0.02)
        return process

    # -- descriptors

    @unittest.skipIf(is_sanitized(), "the sanitizer needs descriptors of its own")
    def test_no_file_descriptors(self):
        seen = set()
        for most in range(4, DESCRIPTORS_MOST + 1):  # with 3 no program is loaded
            code, out, err = self.end(self.start("--cache-ttl", "0", preexec_fn=lambda most=most: (
                resource.setrlimit(resource.RLIMIT_NOFILE, (most, most)))))
            with self.subTest(most):
                self.assertIn(code, (2, 3), out + err)
                if code == 3:
                    self.assertRegex(out, "^AMR UPGRADE UNKNOWN - .")
                else:
                    self.assertTrue(out.startswith(RIGHT), out)
            seen.add(code)
        self.assertEqual({2, 3}, seen)

    def test_closed_standard_descriptors(self):
        for closed in ((0,), (1,), (2,), (0, 1), (1, 2), (0, 1, 2)):
            with self.subTest(closed):
                AZURE.ask("/_loopback/reset", b"")
                process = self.start("--cache-ttl", "0", preexec_fn=lambda closed=closed: [
                    os.close(number) for number in closed])
                code, out, err = self.end(process)
                self.assertEqual("", err)
                self.assertEqual(2, code, out)
                self.assertEqual(11, AZURE.ask("/_loopback/requests")["databases"])
                if 1 not in closed:
                    self.assertTrue(out.startswith(RIGHT), out)

    def test_standard_output_full(self):
        with open("/dev/full", "wb") as full:
            code, _, err = self.end(self.start(stdout=full))
        self.assertEqual((3, ""), (code, err))

    def test_reader_has_gone(self):
        reader, writer = os.pipe()
        os.close(reader)
        process = self.start(stdout=writer)
        os.close(writer)
        code, _, err = self.end(process)
        self.assertEqual((3, ""), (code, err))

    # -- signals

    def test_ended_by_a_signal(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number):
                process = self.hanging()
                process.send_signal(number)
                begun = time.monotonic()
                code, out, err = self.end(process)
                self.assertLess(time.monotonic() - begun, 1)
                self.assertEqual((-number, "", ""), (code, out, err))
                self.assertEqual([], [name for name in os.listdir(self.folder.name)
                                      if name.startswith("core")])
                AZURE.prepare({})

    def test_sigpipe_while_reading(self):
        AZURE.ask("/_loopback/faults", b'[{"match": "redisEnterprise", "delay": 0.5}]')
        process = self.start()
        time.sleep(0.3)
        process.send_signal(signal.SIGPIPE)
        code, out, _ = self.end(process)
        self.assertEqual(2, code)
        self.assertTrue(out.startswith(RIGHT), out)

    # -- surroundings

    def test_same_bytes_anywhere(self):
        surroundings = ({"LC_ALL": "C", "TZ": "UTC"},
                        {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8", "TZ": "Asia/Kathmandu"})
        seen = set()
        for env in surroundings:
            for mask in (0, 0o077):
                code, out, _ = self.end(self.start("--cache-ttl", "0", env=env, preexec_fn=(
                    lambda mask=mask: os.umask(mask) and None)))
                self.assertEqual(2, code)
                seen.add(re.sub(r"data_age=\d+s", "data_age=0s", out))
        self.assertEqual(1, len(seen))

    def test_modes_under_umask_0(self):
        self.end(self.start(preexec_fn=lambda: os.umask(0) and None))
        modes = set()
        for folder, names, files in os.walk(os.path.join(self.folder.name, "cache")):
            for name in [*names, *files]:
                modes.add(oct(os.stat(os.path.join(folder, name)).st_mode & 0o077))
        self.assertEqual({"0o0"}, modes)

    # -- secrets

    def test_secrets_show_nowhere(self):
        code, out, err = self.end(self.start("-vvv"))
        self.assertEqual(2, code)
        texts = [out, err]
        for folder, _, files in os.walk(self.folder.name):
            for name in files:
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    texts.append(file.read())
        self.assertGreater(len(texts), 2)
        process = self.hanging("--cache-ttl", "0", "-vvv")
        for name in ("cmdline", "environ"):
            with open(f"/proc/{process.pid}/{name}", encoding="utf-8") as file:
                texts.append(file.read())
        process.terminate()
        texts += self.end(process)[1:]
        for text in texts:
            self.assertNotIn(self.secret, text)
            self.assertNotIn("eyJ", text)  # how a token begins

    def test_no_core_dump(self):
        process = self.hanging()
        with open(f"/proc/{process.pid}/limits", encoding="utf-8") as file:
            limit, = re.findall(r"Max core file size +(\d+) +(\d+)", file.read())
        self.assertEqual(("0", "0"), limit)


if __name__ == "__main__":
    # A job in the background of a shell ignores it, and so would what it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    unittest.main()
