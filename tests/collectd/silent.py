#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The plugin in a real collectd that asks a host which only a silent name server could resolve.

usage: silent.py HOSTS QUESTIONS COLLECTD PLUGIN_DIR PLUGIN

The resolver looks for names in HOSTS first; the name server writes a line to QUESTIONS for each
question that it does not answer.
"""
import glob
import json
import os
import re
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
HOSTS, QUESTIONS = sys.argv[1:3]
del sys.argv[1:3]
import real  # noqa: E402

HOST = "elsewhere.example"
CART = "cart.northeurope"
PHASE = re.compile('account "prod": poll failed: .*: resolve: ')
RHYTHM_S = 8
# A reading each second, and what a busy machine adds to it.
APART_S_MOST = 3


class Silent(real.Real):
    """With a cheap plugin beside ours, and one thread that reads for both."""
    config, beside = real.BASE, real.BASE_BESIDE

    def __init__(self, azure, interval_s, directory=None):
        port = azure.facts["arm_endpoint"].rsplit(":", 1)[1]
        super().__init__(azure, {"bare": True, "settings": [
            f"PollInterval {interval_s}", 'Subscription "{subscription}"',
            f'ArmEndpoint "https://{HOST}:{port}"', 'CaFile "{ca_file}"',
            'TokenFile "{token_file}"', 'Catalog "{catalog}"', 'CacheDir "{scratch}/cache"',
            'StateDir "{scratch}/state"']}, directory)

    def ports(self):
        return {}

    def instants(self, instance, name):
        """Of all lines of a series."""
        path, = glob.glob(os.path.join(self.work, "csv", "real", instance, name + "-2*"))
        with open(path, encoding="utf-8") as file:
            return [float(line.split(",")[0]) for line in file.readlines()[1:]]


def set_hosts(text):
    with open(HOSTS, "w", encoding="utf-8") as file:
        file.write(text)


def questions():
    with open(QUESTIONS, encoding="utf-8") as file:
        return len(file.readlines())


def set_faults(faults):
    AZURE.ask("/_loopback/faults", json.dumps(faults).encode())


class SilentTest(unittest.TestCase):
    def begin(self, interval_s, directory=None):
        daemon = Silent(AZURE, interval_s, directory)
        self.addCleanup(lambda: daemon.process.poll() is None and daemon.process.kill())
        return daemon

    def end(self, daemon):
        status, seconds = daemon.stop()
        self.assertEqual(status, 0)
        self.assertLess(seconds, 2)

    def await_version(self, daemon):
        begun_s = time.time()
        real.wait_for(lambda: daemon.value(CART, "gauge-version", begun_s) == 704, "a version")

    def await_down(self, daemon):
        begun_s = time.time()
        real.wait_for(lambda: daemon.value("account.prod", "gauge-up", begun_s) == 0, "up 0")

    def await_failure(self, daemon):
        """Of its first poll: that of a later one is told only where it is another."""
        self.await_down(daemon)
        real.wait_for(lambda: PHASE.search(daemon.log()), "the phase")

    def assert_rhythm(self, daemon, instance, name):
        """The series has a value each second from now on."""
        begun_s = time.time()
        time.sleep(RHYTHM_S)
        instants = [at for at in daemon.instants(instance, name) if at > begun_s - 1]
        apart_s = [after - before for before, after in zip(instants, instants[1:])]
        self.assertLess(max(apart_s, default=RHYTHM_S), APART_S_MOST)
        self.assertGreaterEqual(len(instants), RHYTHM_S - APART_S_MOST)

    def test_other_plugins_keep_their_rhythm(self):
        set_hosts("")
        daemon = self.begin(1)
        real.wait_for(lambda: daemon.series("uptime"), "the other plugin")
        self.assert_rhythm(daemon, "uptime", "uptime")
        self.await_failure(daemon)
        self.end(daemon)

    def test_what_was_read_before_stays(self):
        set_hosts(f"127.0.0.1 {HOST}\n")
        daemon = self.begin(1)
        self.await_version(daemon)
        set_hosts("")
        # Connections that stand need no name.
        set_faults([{"close": True}])
        self.addCleanup(set_faults, [])
        self.await_down(daemon)
        self.assert_rhythm(daemon, "amr_upgrade-" + CART, "gauge-version")
        self.end(daemon)
        daemon = self.begin(1, daemon.work)
        self.await_version(daemon)
        self.assert_rhythm(daemon, "amr_upgrade-" + CART, "gauge-version")
        self.await_failure(daemon)
        self.end(daemon)

    def test_ends_while_a_name_is_resolved(self):
        set_hosts("")
        for _ in range(3):
            before = questions()
            daemon = self.begin(600)
            real.wait_for(lambda: questions() > before, "a question")
            self.end(daemon)


if __name__ == "__main__":
    AZURE = real.cli.Azure(["--certificate", "wrong-name"])
    done = unittest.main(argv=sys.argv[:1], exit=False)
    AZURE.stop()
    sys.exit(0 if done.result.wasSuccessful() else 1)
