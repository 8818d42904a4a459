#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs a test written in Python; 77 tells automake that it was skipped.
: "${PYTHON:=python3}"
if ! command -v "$PYTHON" >/dev/null || ! command -v openssl >/dev/null; then
    echo "skipped: $PYTHON and openssl are needed"
    exit 77
fi
exec "$PYTHON" "$@"
