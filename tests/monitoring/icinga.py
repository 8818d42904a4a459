#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A real Icinga 2 schedules the installed check against the loopback Azure.

usage: icinga.py PREFIX     PREFIX is where `make install` put everything

The configuration is Icinga's own templates, the installed command, services and hosts (as they
are but for the subscription and where Azure is), and contacts that write down what they hear.
"""
import base64
import json
import os
import ssl
import subprocess
import urllib.request

import scene

STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
NAME = "monitoring"
CONFIGURATION = """
const NodeName = "%(node)s"
const ZoneName = NodeName
const PluginDir = "%(plugins)s"
const PluginContribDir = PluginDir
const ManubulonPluginDir = PluginDir
const TicketSalt = ""
include <itl>
include <plugins>
include <plugins-contrib>
object Endpoint NodeName { }
object Zone ZoneName { endpoints = [ NodeName ] }
object CheckerComponent "checker" { }
object NotificationComponent "notification" { }
object FileLogger "main-log" { path = "%(dir)s/icinga2.log" }
object ApiListener "api" {
	bind_host = "127.0.0.1"
	bind_port = %(port)d
}
object ApiUser "test" {
	password = "%(password)s"
	permissions = [ "*" ]
}
object User "admin" { }
object NotificationCommand "write-down" {
	command = [ "sh", "-c", "printf '%%s\\t%%s\\t%%s\\t%%s\\n' \\"$$0\\" \\"$$1\\" \\"$$2\\" \\"$$3\\" >>%(dir)s/alerts",
		"$host.name$", "$service.name$", "$notification.type$", "$service.state$" ]
}
apply Notification "admin" to Service {
	command = "write-down"
	users = [ "admin" ]
	interval = 0
	assign where true
}
include "%(share)s/icinga2/amr-upgrade-command.conf"
include "%(share)s/icinga2/amr-upgrade-services.conf"
include "%(dir)s/hosts.conf"
"""


class Icinga(scene.Monitor):
    logs = ("output", "icinga2.log")

    def __init__(self, scenery):
        super().__init__(scenery, "icinga")
        self.port = scene.free_port()
        self.password = base64.b16encode(os.urandom(16)).decode()
        self.daemon = None

    def folders(self):
        """Icinga's folders, as definitions on its command line."""
        return ["-DConfiguration.%s=%s" % (name, os.path.join(self.dir, folder)) for name, folder in (
            ("DataDir", "data"), ("LogDir", "log"), ("CacheDir", "cache"), ("SpoolDir", "spool"),
            ("InitRunDir", "run"), ("PidPath", "run/icinga2.pid"))]

    def icinga2(self, *arguments):
        done = subprocess.run(["icinga2", *arguments], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, encoding="utf-8", timeout=scene.LIMIT_S,
                              check=False)
        if done.returncode != 0:
            raise AssertionError("icinga2 %s: %s" % (" ".join(arguments), done.stdout))
        return done.stdout

    def make_certificates(self):
        own = self.folders()
        certificates = os.path.join(self.dir, "data", "certs")
        for folder in ("data/certs", "log", "cache", "spool", "run"):
            os.makedirs(os.path.join(self.dir, folder))
        # Icinga is no longer root when it reads the first file.
        subprocess.run(["chown", "-R", scene.DAEMONS_USER + ":", self.dir], check=True)
        base = os.path.join(certificates, NAME)
        self.icinga2("pki", "new-ca", *own)
        self.icinga2("pki", "new-cert", *own, "--cn", NAME, "--key", base + ".key",
                     "--csr", base + ".csr")
        self.icinga2("pki", "sign-csr", *own, "--csr", base + ".csr", "--cert", base + ".crt")
        with open(os.path.join(self.dir, "data", "ca", "ca.crt"), "rb") as file:
            authority = file.read()
        with open(os.path.join(certificates, "ca.crt"), "wb") as file:
            file.write(authority)

    def hosts(self):
        """The installed example; variables that a run on loopback needs besides are added."""
        text = self.scene.example("icinga2", "amr-upgrade-hosts.conf")
        more = "".join('\tvars.amr_upgrade_%s = "%s"\n' % (name.replace("-", "_"), value)
                       for name, value in self.scene.settings().items())
        text = text.replace("/etc/amr-upgrade/credentials", self.scene.credentials)
        return text.replace('\tcheck_command = "dummy"\n', '\tcheck_command = "dummy"\n' + more)

    def start(self):
        self.make_certificates()
        self.write("hosts.conf", self.hosts())
        path = self.write("icinga2.conf", CONFIGURATION % {
            "node": NAME, "plugins": self.scene.plugins, "dir": self.dir, "port": self.port,
            "password": self.password, "share": self.scene.share})
        said = self.icinga2("daemon", "-C", "-c", path, *self.folders())
        if "warning/" in said or "critical/" in said:
            raise AssertionError("icinga2 daemon -C: %s" % said)
        print("icinga2 daemon -C: no errors, no warnings")
        self.daemon = scene.Daemon(["icinga2", "daemon", "-c", path, *self.folders()],
                                   os.path.join(self.dir, "output"))
        scene.await_that("icinga", self.services)

    def ask(self, path, body=None):
        context = ssl._create_unverified_context()
        token = base64.b64encode(("test:" + self.password).encode()).decode()
        request = urllib.request.Request(
            "https://127.0.0.1:%d/v1/%s" % (self.port, path),
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "Basic " + token, "Accept": "application/json"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}),
                                             urllib.request.HTTPSHandler(context=context))
        try:
            with opener.open(request, timeout=10) as answer:
                return json.load(answer)["results"]
        except (OSError, ValueError) as error:
            raise scene.NotYet("the API: %s" % error) from error

    def services(self):
        """{(host, service): attributes} by the API"""
        return {(one["attrs"]["host_name"], one["attrs"]["name"]): one["attrs"]
                for one in self.ask("objects/services")}

    def wake(self, key):
        """Asks for a check now, but does not force it: dependencies hold."""
        self.ask("actions/reschedule-check", {
            "type": "Service", "force": False,
            "filter": 'host.name == "%s" && service.name == "%s"' % key})

    def checked_s(self, facts):
        return (facts["last_check_result"] or {"execution_start": 0})["execution_start"]

    def state(self, facts):
        return STATES[int(facts["state"])], ("soft", "hard")[int(facts["state_type"])]

    def output(self, facts):
        return (facts["last_check_result"] or {"output": "not checked"})["output"]

    def performance(self, key):
        """As Icinga itself parses it: labels, values and thresholds of its own reader."""
        script = ('get_service("%s", "%s").last_check_result.performance_data.map('
                  'text => parse_performance_data(text))' % key)
        parsed = self.ask("console/execute-script?session=%s&sandboxed=0&command=%s" % (
            NAME, urllib.request.quote(script)), {})[0]
        if parsed["code"] != 200:
            raise AssertionError("Icinga's reader: %s" % parsed)
        return " ".join(written(value) for value in parsed["result"])

    def stop(self):
        if self.daemon is not None:
            self.daemon.stop()


def written(value):
    """A parsed value in the plugin's form; the unit of Icinga is a word."""
    return "%s=%s%s" % (value["label"], repr(value["value"]).removesuffix(".0"),
                        {"seconds": "s"}.get(value["unit"], ""))


if __name__ == "__main__":
    scene.run(Icinga)
