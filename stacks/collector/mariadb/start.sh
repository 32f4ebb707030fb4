#!/bin/sh
# Starts MariaDB with a row-based binlog. Its data is made where there is none; root comes in by the socket alone.
set -eu
if [ ! -d /var/lib/mysql/mysql ]; then
  mariadb-install-db --user=mysql --datadir=/var/lib/mysql --auth-root-authentication-method=normal --skip-test-db >/dev/null
fi
exec mariadbd --datadir=/var/lib/mysql --socket=/tmp/mysqld.sock --pid-file=/tmp/mysqld.pid --bind-address=0.0.0.0 --skip-name-resolve \
  --server-id=1 --log-bin=binlog --binlog-format=ROW --binlog-row-image=FULL \
  --innodb-buffer-pool-size=64M --innodb-flush-log-at-trx-commit=1 --performance-schema=OFF "$@"
