#!/bin/bash
# What we rely on of the MySQL image's entrypoint: options for mysqld as the command, a first start that makes the data with root's password
# (for root from everywhere) and the database, by a server that nobody else reaches, and mysqld in place of this script.
set -euo pipefail

[[ ${1:-} != -* ]] || set -- mysqld "$@"
options=(--datadir=/var/lib/mysql --socket=/var/run/mysqld/mysqld.sock --pid-file=/var/run/mysqld/mysqld.pid --bind-address='*')
cat /etc/mysql/conf.d/*.cnf >/tmp/my.cnf
set -- "$1" --defaults-file=/tmp/my.cnf "${options[@]}" "${@:2}"
if [[ ! -d /var/lib/mysql/mysql ]]; then
  "$@" --initialize-insecure
  cat >/tmp/init.sql <<END
ALTER USER root@localhost IDENTIFIED BY '$MYSQL_ROOT_PASSWORD';
CREATE USER root@'%' IDENTIFIED BY '$MYSQL_ROOT_PASSWORD';
GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;
CREATE DATABASE \`$MYSQL_DATABASE\`;
END
  "$@" --skip-networking &
  until mysqladmin --socket=/var/run/mysqld/mysqld.sock --user=root ping >/dev/null 2>&1; do sleep 0.1; done
  mysql --socket=/var/run/mysqld/mysqld.sock --user=root </tmp/init.sql
  MYSQL_PWD=$MYSQL_ROOT_PASSWORD mysqladmin --socket=/var/run/mysqld/mysqld.sock --user=root shutdown
  wait
  rm /tmp/init.sql
fi
exec "$@"
