# SPDX-License-Identifier: MIT
"""What asks collectd's writers: a real Prometheus, and Graphite's own functions on a whisper store."""
import json
import os
import re
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
import warnings

from daemon import LIMIT_S, free_port, wait_until

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class QueryError(Exception):
    """The server refused a query."""


class Prometheus:
    """Scrapes one target on loopback each second."""

    def __init__(self, folder, target_port, rules):
        self.folder, self.port, self.process = folder, free_port(), None
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "prometheus.yml"), "w", encoding="utf-8") as file:
            json.dump({"global": {"scrape_interval": "1s"}, "rule_files": rules,
                       "scrape_configs": [{"job_name": "collectd", "static_configs": [
                           {"targets": ["127.0.0.1:%d" % target_port]}]}]}, file)

    def __enter__(self):
        with open(os.path.join(self.folder, "log"), "w", encoding="utf-8") as log:
            # pylint: disable-next=consider-using-with
            self.process = subprocess.Popen(
                ["prometheus", "--config.file=prometheus.yml",
                 # Series that have ended are to be seen as such without a wait of five minutes.
                 "--query.lookback-delta=5s", "--storage.tsdb.path=data",
                 "--web.listen-address=127.0.0.1:%d" % self.port],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until("prometheus", self.is_ready)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(LIMIT_S)

    def is_ready(self):
        try:
            return self.get("/-/ready", {}) is not None
        except OSError:
            return False

    def get(self, path, fields):
        url = "http://127.0.0.1:%d%s?%s" % (self.port, path, urllib.parse.urlencode(fields))
        with DIRECT.open(url, timeout=10) as answer:
            return answer.read()

    def query(self, expression):
        """[(labels, value)] now."""
        try:
            answer = json.loads(self.get("/api/v1/query", {"query": expression}))
        except urllib.error.HTTPError as error:
            raise QueryError("%s: %s" % (expression, error.read().decode())) from error
        return [(row["metric"], float(row["value"][1])) for row in answer["data"]["result"]]

    def alerts(self):
        """[alert] that are pending or firing."""
        return json.loads(self.get("/api/v1/alerts", {}))["data"]["alerts"]

    def label_values(self, selector, label):
        """What Grafana offers for a variable label_values(selector, label)."""
        return sorted({labels[label] for labels, _ in self.query(selector)})


class Carbon:
    """Takes the lines of write_graphite and keeps them."""

    def __init__(self):
        self.lines, self.socket = [], socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.socket.close()

    def serve(self):
        try:
            while True:
                with self.socket.accept()[0] as peer, peer.makefile("r") as lines:
                    self.lines.extend(line.split() for line in lines)
        except OSError:
            return  # closed


GRAPHITE_SETTINGS = """
SECRET_KEY = "none"
ALLOWED_HOSTS = ["*"]
TIME_ZONE = "UTC"
CONF_DIR = STORAGE_DIR = {folder!r}
INDEX_FILE = STORAGE_DIR + "/index"
LOG_DIR = STORAGE_DIR + "/log"
WHISPER_DIR = STORAGE_DIR + "/whisper"
STANDARD_DIRS = [WHISPER_DIR]
CARBONLINK_HOSTS = []
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}}}
"""


class Graphite:
    """graphite-web without its server, on the lines that Carbon took."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(os.path.join(folder, "log"), exist_ok=True)
        os.makedirs(os.path.join(folder, "whisper"), exist_ok=True)
        with open(os.path.join(folder, "graphite_here.py"), "w", encoding="utf-8") as file:
            file.write(GRAPHITE_SETTINGS.format(folder=folder))
        sys.path.insert(0, folder)
        os.environ.update(GRAPHITE_SETTINGS_MODULE="graphite_here",
                          DJANGO_SETTINGS_MODULE="graphite.settings")
        warnings.simplefilter("ignore")  # Debian's Graphite is older than its Django
        # pylint: disable=import-outside-toplevel,import-error
        import django
        import whisper
        django.setup()
        from django.core.management import call_command
        from django.test import Client
        call_command("migrate", "--run-syncdb", verbosity=0)
        self.whisper, self.client, self.now_s = whisper, Client(), None

    def store(self, lines):
        """Newest last; what is no number is left out, as carbon does. Then it is now."""
        points = {}
        self.now_s = int(lines[-1][2]) - 1
        for path, value, instant in lines:
            if value != "nan":
                points.setdefault(path, []).append((int(instant), float(value)))
        for path, values in points.items():
            file = os.path.join(self.folder, "whisper", *path.split(".")) + ".wsp"
            os.makedirs(os.path.dirname(file), exist_ok=True)
            if not os.path.exists(file):
                self.whisper.create(file, [(1, 3600)])
            self.whisper.update_many(file, values)

    def ask(self, path, fields):
        answer = self.client.get(path, fields)
        if answer.status_code != 200:
            raise QueryError("%s: %s" % (fields, answer.content.decode()[-500:]))
        return json.loads(answer.content)

    def render(self, target):
        """[(name, [values that are known])] of the last minutes before what was stored."""
        series = self.ask("/render", {"target": target, "format": "json",
                                      "from": self.now_s - 300, "until": self.now_s})
        named = [(row["target"], [value for value, _ in row["datapoints"] if value is not None])
                 for row in series]
        return [(name, values) for name, values in named if values]

    def find(self, query):
        return sorted({row["text"] for row in self.ask("/metrics/find", {"query": query})})


def promql_selectors(expression):
    """The selectors that a PromQL expression is made of."""
    return re.findall(r"\bcollectd_\w+\{[^}]*\}", expression)


def graphite_paths(target):
    """The paths that a Graphite target is made of."""
    return re.findall(r"(?:[\w*-]+(?:\{[^}]*\}|[\w*.-])*)?\.amr_upgrade-(?:\{[^}]*\}|[^,(){}'\s])+",
                      target)
