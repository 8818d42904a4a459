#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves: a real Icinga Director takes the basket and gives it back field by field, and Icinga takes what the Director makes of it.
. "$(dirname "$0")/lib.sh"

[ "$(id -u)" -eq 0 ] || skip "not root: the database has a user of its own"
[ -x /usr/bin/apt-get ] || skip "Debian's packages of the Director are needed"
needs_without_services <<'EOF'
icinga2-bin                - icinga2
icingacli                  - icingacli
icingaweb2-module-director - -
mariadb-server             - mariadbd
php-cli                    - -
php-mysql                  - -
EOF

PYTHONDONTWRITEBYTECODE=1 python3 tests/monitoring/director.py packaging/icinga2/director-basket.json
