#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""collectd-nagios makes of gauge-severity what the operations guide says: its command is taken
from there and run against a real collectd that holds each value.

usage: collectd_nagios.py GUIDE
"""
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import scene

CONFIGURATION = """BaseDir "%(dir)s"
PIDFile "%(dir)s/pid"
Hostname "HOST"
FQDNLookup false
LoadPlugin unixsock
<Plugin unixsock>
  SocketFile "%(dir)s/socket"
</Plugin>
"""
# Severity: exit code.
WANTED = {0: 0, 1: 1, 2: 1, 3: 2}


SERIES = b'"HOST/amr_upgrade-orders.westeurope/gauge-severity"'


def ask(path, line):
    """The lines of collectd's answer."""
    with socket.socket(socket.AF_UNIX) as link:
        try:
            link.connect(path)
        except OSError as why:
            raise scene.NotYet(str(why)) from why
        link.sendall(line + b"\n")
        return link.recv(200).splitlines()


def put(path, value):
    answer = ask(path, b"PUTVAL %s interval=60 %d:%d" % (SERIES, time.time() + value, value))
    if not answer[0].startswith(b"0 Success"):
        raise AssertionError(answer)


def insist_on(path, value):
    """A thread of collectd's own takes what was put."""
    answer = ask(path, b"GETVAL " + SERIES)
    if answer[1:] != [b"value=%e" % value]:
        raise scene.NotYet(answer)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        command = re.search(r"^collectd-nagios .*", file.read(), re.MULTILINE).group()
    folder = tempfile.mkdtemp(prefix="amr-collectd-")
    path = os.path.join(folder, "socket")
    configuration = os.path.join(folder, "collectd.conf")
    with open(configuration, "w", encoding="utf-8") as file:
        file.write(CONFIGURATION % {"dir": folder})
    words = shlex.split(command.replace("/run/collectd-unixsock", path))
    daemon = scene.Daemon(["collectd", "-f", "-C", configuration], os.path.join(folder, "log"))
    try:
        for value, code in WANTED.items():
            scene.await_that("collectd", lambda given=value: put(path, given))
            scene.await_that("the value", lambda given=value: insist_on(path, given))
            done = subprocess.run(words, stdout=subprocess.PIPE, encoding="utf-8",
                                  timeout=scene.LIMIT_S, check=False)
            if done.returncode != code:
                raise AssertionError("severity %d: exit code %d: %s" % (value, done.returncode,
                                                                        done.stdout))
    finally:
        daemon.stop()
        shutil.rmtree(folder)
    print("collectd-nagios: the guide's command tells ok, warning and critical")


if __name__ == "__main__":
    main()
