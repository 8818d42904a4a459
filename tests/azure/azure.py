# SPDX-License-Identifier: MIT
"""The loopback Azure for tests in Python; azure.sh is the same for shell tests."""
import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "loopback_azure.py")


class LoopbackAzure:
    """One that runs with these options, until it is stopped; `facts` is its ready.json."""

    def __init__(self, options):
        self.options = options
        self.dir = tempfile.mkdtemp(prefix="amr-azure-")
        self.process = subprocess.Popen(
            [sys.executable, PROGRAM, "--dir", self.dir, *options], stdin=subprocess.DEVNULL)
        self.facts = self.wait()

    def wait(self):
        path = os.path.join(self.dir, "ready.json")
        for _ in range(200):
            if os.path.exists(path):
                with open(path, encoding="utf-8") as file:
                    return json.load(file)
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise SystemExit("the loopback Azure did not start")

    def ask(self, path, body=None):
        # A control of the test's own server, which may have a bad certificate or an old TLS.
        context = ssl._create_unverified_context()
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.set_ciphers("ALL:@SECLEVEL=0")
        request = urllib.request.Request(self.facts["arm_endpoint"] + path, data=body)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}),
                                             urllib.request.HTTPSHandler(context=context))
        with opener.open(request, timeout=10) as answer:
            return json.load(answer)

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        shutil.rmtree(self.dir)
