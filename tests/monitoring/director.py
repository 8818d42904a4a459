#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A real Icinga Director takes the basket, twice, and gives it back field by field; Icinga takes
the configuration that the Director makes of it.

usage: director.py BASKET     as root, who starts a MariaDB of his own on a socket
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

import scene

MODULES = "/usr/share/icingaweb2/modules"
RESOURCES = """[director_db]
type = "db"
db = "mysql"
host = "localhost"
dbname = "director"
username = "root"
password = ""
charset = "utf8"
"""
BASKET = {"Basket": {"all": {
    "basket_name": "all", "owner_type": "user", "owner_value": "test",
    "objects": {"Command": ["amr_upgrade"], "DataList": True,
                "ServiceTemplate": ["amr-upgrade-fleet", "amr-upgrade-database"]}}}}
# A check that does not depend on what the Director adds by itself.
CONFIGURATION = """
const NodeName = "director"
const ZoneName = NodeName
const PluginDir = "/usr/lib/nagios/plugins"
const PluginContribDir = PluginDir
const ManubulonPluginDir = PluginDir
include <itl>
include <plugins>
object Endpoint NodeName { }
object Zone ZoneName { endpoints = [ NodeName ] }
%s
object Host "azure" { check_command = "dummy" }
object Service "orders" {
	import "amr-upgrade-database"
	host_name = "azure"
	vars.amr_upgrade_cluster = [ "orders" ]
}
object Service "fleet" {
	import "amr-upgrade-fleet"
	host_name = "azure"
}
"""


class Director:
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="amr-director-")
        os.chmod(self.dir, 0o755)
        self.socket = os.path.join(self.dir, "database", "socket")
        self.database = None
        self.web = os.path.join(self.dir, "web")

    def write(self, name, text):
        path = os.path.join(self.dir, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def run(self, *command, text=None):
        done = subprocess.run(command, input=text, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, encoding="utf-8", timeout=scene.LIMIT_S,
                              env={**os.environ, "ICINGAWEB_CONFIGDIR": self.web}, check=False)
        if done.returncode != 0 or done.stdout.startswith("ERROR"):
            raise AssertionError("%s: %s" % (" ".join(command), done.stdout))
        return done.stdout

    def sql(self, statement, *options):
        return self.run("mariadb", "--no-defaults", "-u", "root", "-S", self.socket, "-N", *options,
                        "-e", statement)

    def director(self, *words, text=None):
        return self.run("php", "-d", "pdo_mysql.default_socket=" + self.socket,
                        "/usr/bin/icingacli", "director", *words, text=text)

    def start_database(self):
        folder = os.path.dirname(self.socket)
        os.makedirs(folder)
        shutil.chown(folder, "mysql")
        self.run("mariadb-install-db", "--no-defaults", "--user=mysql", "--datadir=" + folder,
                 "--skip-test-db", "--auth-root-authentication-method=normal")
        self.database = scene.Daemon(
            ["mariadbd", "--no-defaults", "--user=mysql", "--datadir=" + folder,
             "--socket=" + self.socket, "--skip-networking"], os.path.join(self.dir, "mariadb.log"))

        def create():
            try:
                self.sql("create database director character set utf8")
            except AssertionError as why:
                raise scene.NotYet(str(why)) from why
        scene.await_that("MariaDB", create)

    def start(self):
        self.start_database()
        self.write("web/config.ini", '[global]\nconfig_backend = "ini"\nmodule_path = "%s"\n'
                   '[logging]\nlog = "none"\n' % MODULES)
        self.write("web/resources.ini", RESOURCES)
        self.write("web/modules/director/config.ini", '[db]\nresource = "director_db"\n')
        os.makedirs(os.path.join(self.web, "enabledModules"))
        for module in ("director", "incubator", "reactbundle", "monitoring"):
            os.symlink(os.path.join(MODULES, module),
                       os.path.join(self.web, "enabledModules", module))
        self.director("migration", "run")

    def rendered(self):
        """The files that the Director would deploy."""
        self.director("config", "render")
        names = self.sql("select distinct file_path from director_generated_config_file "
                         "where file_path like '%/director-global/%'", "director").split()
        return {name: self.sql(
            "select content from director_generated_file g join director_generated_config_file f "
            "on f.file_checksum = g.checksum where f.file_path = '%s'" % name, "--raw", "director")
                for name in names}

    def stop(self):
        if self.database is not None:
            self.database.stop()
        shutil.rmtree(self.dir)


def plain(basket):
    """A basket without what a Director gives of its own: ids, and the order of lists."""
    fields = basket["Datafield"]
    result = json.loads(json.dumps(basket))
    result["Datafield"] = {field["varname"]: {key: value for key, value in field.items()
                                              if key != "originalId"} for field in fields.values()}
    for category in result["DatafieldCategory"].values():
        category.pop("originalId", None)
    for values in result["DataList"].values():
        values["entries"].sort(key=lambda entry: entry["entry_name"])
    for command in result["Command"].values():
        command["fields"] = sorted(
            (fields[str(field["datafield_id"])]["varname"], field["is_required"])
            for field in command["fields"])
    return result


def differences(where, wanted, got):
    if isinstance(wanted, dict) and isinstance(got, dict):
        for key in sorted(set(wanted) | set(got)):
            yield from differences("%s/%s" % (where, key), wanted.get(key), got.get(key))
    elif wanted != got:
        yield "%s: %r, not %r" % (where, got, wanted)


def compare(basket, dumped):
    wrong = list(differences("", plain(basket), plain(dumped)))
    changed = json.loads(json.dumps(dumped))
    changed["Command"]["amr_upgrade"]["arguments"]["--tag"]["repeat_key"] = False
    if not list(differences("", plain(basket), plain(changed))):
        wrong.append("planted, and not found: another argument")
    if wrong:
        raise AssertionError("the Director gives back:\n" + "\n".join(wrong))


def check_by_icinga(director):
    files = director.rendered()
    text = "\n".join(files.values())
    if 'object CheckCommand "amr_upgrade"' not in text or "amr-upgrade-fleet" not in text:
        raise AssertionError("the Director renders %s" % sorted(files))
    path = director.write("icinga2.conf", CONFIGURATION % text)
    data = os.path.join(director.dir, "icinga")
    os.makedirs(data)
    shutil.chown(data, scene.DAEMONS_USER)
    said = director.run("icinga2", "daemon", "-C", "-c", path, *[
        "-DConfiguration.%s=%s" % (name, data) for name in ("DataDir", "LogDir", "CacheDir",
                                                            "SpoolDir", "InitRunDir")])
    if "warning/" in said or "critical/" in said:
        raise AssertionError("icinga2 daemon -C: %s" % said)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        text = file.read()
    basket = json.loads(text)
    director = Director()
    try:
        director.start()
        for _ in range(2):
            director.director("basket", "restore", text=text)
        director.director("basket", "restore", text=json.dumps(BASKET))
        compare(basket, json.loads(director.director("basket", "dump", "--name", "all")))
        count = int(director.sql("select count(*) from director_datafield", "director"))
        if count != len(basket["Datafield"]):
            raise AssertionError("%d fields after a second restore" % count)
        check_by_icinga(director)
    finally:
        director.stop()
    print("%d arguments and fields, %d lists, %d templates came back; Icinga takes what is rendered" % (
        count, len(basket["DataList"]), len(basket["ServiceTemplate"])))


if __name__ == "__main__":
    main()
