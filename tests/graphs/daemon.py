# SPDX-License-Identifier: MIT
"""A real collectd with every writer that the graphs are drawn from, in a folder of its own."""
import os
import socket
import subprocess
import time

CONFIG = """
Hostname "mon1.example.org"
FQDNLookup false
BaseDir "{folder}"
PluginDir "{plugins}"
PIDFile "{folder}/pid"
Interval 1
LoadPlugin logfile
<Plugin logfile>
  LogLevel info
  File "{folder}/log"
</Plugin>
LoadPlugin write_prometheus
<Plugin write_prometheus>
  Host "127.0.0.1"
  Port "{prometheus}"
</Plugin>
LoadPlugin write_graphite
<Plugin write_graphite>
  <Node "test">
    Host "127.0.0.1"
    Port "{graphite}"
    Protocol "tcp"
    Prefix "collectd."
  </Node>
</Plugin>
LoadPlugin rrdtool
<Plugin rrdtool>
  DataDir "{folder}/rrd"
</Plugin>
{more}
"""
LIMIT_S = 60
# Debian's, Fedora's
PLUGINS = "/usr/lib/collectd" if os.path.isdir("/usr/lib/collectd") else "/usr/lib64/collectd"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(what, question, limit_s=LIMIT_S):
    """The first answer of question() that is true."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        answer = question()
        if answer:
            return answer
        time.sleep(0.2)
    raise TimeoutError("%s: not within %d s" % (what, limit_s))


class Collectd:
    """Runs from the with statement to its end; more is what is added to the configuration."""

    def __init__(self, folder, graphite_port, more):
        self.folder, self.port, self.process = folder, free_port(), None
        os.makedirs(folder, exist_ok=True)
        with open(self.path("conf"), "w", encoding="utf-8") as file:
            file.write(CONFIG.format(folder=folder, prometheus=self.port, graphite=graphite_port,
                                     plugins=PLUGINS, more=more))

    def path(self, name):
        return os.path.join(self.folder, name)

    def __enter__(self):
        with open(self.path("stderr"), "w", encoding="utf-8") as errors:
            # pylint: disable-next=consider-using-with
            self.process = subprocess.Popen(["collectd", "-f", "-C", self.path("conf")],
                                            stdin=subprocess.DEVNULL, stdout=errors, stderr=errors)
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(LIMIT_S)

    def log(self):
        """What it has said, of which some is said before it reads its configuration."""
        text = ""
        for name in filter(os.path.exists, map(self.path, ("stderr", "log"))):
            with open(name, encoding="utf-8") as file:
                text += file.read()
        return text
