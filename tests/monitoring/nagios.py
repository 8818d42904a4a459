#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A real Nagios schedules the installed check against the loopback Azure.

usage: nagios.py PREFIX     PREFIX is where `make install` put everything

The configuration is Debian's with other folders and the installed
objects; the example's are used as they are but for the subscription and where Azure is.
"""
import os
import re
import subprocess
import time

import scene

STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
DROPPED = re.compile(r"cfg_dir=|cfg_file=.*/(commands|contacts|localhost)\.cfg|"
                     r"(use_syslog|check_for_updates|status_update_interval|"
                     r"check_result_reaper_frequency|log_rotation_method|enable_flap_detection|"
                     r"retain_state_information|log_external_commands|illegal_macro_output_chars)=")
OURS = """use_syslog=0
check_for_updates=0
status_update_interval=1
check_result_reaper_frequency=1
log_rotation_method=n
enable_flap_detection=0
retain_state_information=0
log_external_commands=0
illegal_macro_output_chars=`~$&|'"<>
query_socket=%(dir)s/nagios.qh
cfg_file=%(share)s/nagios/amr-upgrade.cfg
cfg_file=%(dir)s/example.cfg
cfg_file=%(dir)s/contacts.cfg
"""
CONTACTS = """define contact {
    contact_name                    admin
    use                             generic-contact
    email                           root@localhost
    service_notification_options    w,u,c,r
}
define contactgroup {
    contactgroup_name   admins
    alias               admins
    members             admin
}
define command {
    command_name    notify-service-by-email
    command_line    printf '%%s\\t%%s\\t%%s\\t%%s\\n' "$HOSTNAME$" "$SERVICEDESC$" "$NOTIFICATIONTYPE$" "$SERVICESTATE$" >>%(dir)s/alerts
}
define command {
    command_name    notify-host-by-email
    command_line    true
}
define command {
    command_name    check-host-alive
    command_line    true
}
"""


NRPE = """server_address=127.0.0.1
server_port=%(port)d
pid_file=%(dir)s/nrpe.pid
nrpe_user=nagios
nrpe_group=nagios
allowed_hosts=127.0.0.1
dont_blame_nrpe=0
command_timeout=60
log_file=%(dir)s/nrpe.messages
"""
# The same by NRPE: a service of the example that Icinga's has not.
JUMP = ("azure-redis-jump", "amr-upgrade")


class Nagios(scene.Monitor):
    logs = ("output", "nagios.log", "nrpe.messages")

    def __init__(self, scenery):
        super().__init__(scenery, "nagios")
        for name in ("spool/checkresults", "archives", "rw"):
            path = os.path.join(self.dir, name)
            os.makedirs(path)
        subprocess.run(["chown", "-R", scene.DAEMONS_USER + ":", self.dir], check=True)
        self.nrpe_port = scene.free_port()
        self.nrpe = self.daemon = None

    def example(self):
        text = self.scene.example("nagios", "amr-upgrade-example.cfg")
        return text.replace("192.0.2.10", "127.0.0.1").replace(
            "check_amr_upgrade_by_nrpe\n", "check_amr_upgrade_by_nrpe!-p %d\n" % self.nrpe_port)

    def plugins(self):
        """One folder for NRPE's plugin and ours, as in a distribution."""
        path = os.path.join(self.dir, "plugins")
        os.makedirs(path)
        for plugin in (os.path.join(self.scene.plugins, "check_amr_upgrade"),
                       "/usr/lib/nagios/plugins/check_nrpe"):
            os.symlink(plugin, os.path.join(path, os.path.basename(plugin)))
        return path

    def configure(self):
        with open("/etc/nagios4/nagios.cfg", encoding="utf-8") as file:
            lines = [line for line in file.read().split("\n")
                     if line and not line.startswith("#") and not DROPPED.match(line)]
        text = "\n".join(lines) + "\n" + OURS % {"dir": self.dir, "share": self.scene.share}
        for folder in ("/var/lib/nagios4", "/var/log/nagios4", "/var/run/nagios4"):
            text = text.replace(folder, self.dir)
        text = re.sub(r"resource_file=.*", "resource_file=%s/resource.cfg" % self.dir, text)
        self.write("resource.cfg", "$USER1$=%s\n" % self.plugins())
        self.write("example.cfg", self.example())
        self.write("contacts.cfg", CONTACTS % {"dir": self.dir})
        return self.write("nagios.cfg", text)

    def verify(self, path):
        done = subprocess.run(["nagios4", "-v", path], stdout=subprocess.PIPE, encoding="utf-8",
                              timeout=scene.LIMIT_S, check=False)
        if done.returncode != 0 or "Total Warnings: 0" not in done.stdout:
            raise AssertionError("nagios4 -v: %s" % done.stdout)
        print("nagios4 -v: no errors, no warnings")

    def start_nrpe(self):
        """With the installed command, which takes no arguments, on a port of its own."""
        text = NRPE % {"dir": self.dir, "port": self.nrpe_port}
        path = self.write("nrpe.cfg", text + self.scene.example("nagios", "nrpe-amr-upgrade.cfg"))
        self.nrpe = scene.Daemon(["nrpe", "-c", path, "-f"], os.path.join(self.dir, "nrpe.log"))

    def start(self):
        self.start_nrpe()
        path = self.configure()
        self.verify(path)
        self.daemon = scene.Daemon(["nagios4", path], os.path.join(self.dir, "output"))

    def services(self):
        """{(host, service): {key: value}} of status.dat"""
        try:
            with open(os.path.join(self.dir, "status.dat"), encoding="utf-8") as file:
                text = file.read()
        except FileNotFoundError as why:
            raise scene.NotYet("no status.dat") from why
        found = {}
        for body in re.findall(r"^servicestatus \{\n(.*?)\n\t\}", text, re.DOTALL | re.MULTILINE):
            facts = dict(line.strip().split("=", 1) for line in body.split("\n"))
            found[facts["host_name"], facts["service_description"]] = facts
        return found

    def command(self, text):
        with open(os.path.join(self.dir, "rw", "nagios.cmd"), "w", encoding="utf-8") as file:
            file.write("[%d] %s\n" % (time.time(), text))

    def wake(self, key):
        """Asks for a check now, but does not force it: dependencies hold."""
        self.command("SCHEDULE_SVC_CHECK;%s;%s;%d" % (*key, time.time()))

    def wanted(self, step):
        return {**step.states, JUMP: step.states[scene.SERVICES[0]]}

    def checked_s(self, facts):
        return int(facts["last_check"])

    def state(self, facts):
        return STATES[int(facts["current_state"])], ("soft", "hard")[int(facts["state_type"])]

    def output(self, facts):
        return facts["plugin_output"] + "\n" + facts["long_plugin_output"].replace("\\n", "\n")

    def performance(self, key):
        return self.services()[key]["performance_data"]

    def stop(self):
        for daemon in (self.daemon, self.nrpe):
            if daemon is not None:
                daemon.stop()


if __name__ == "__main__":
    scene.run(Nagios)
