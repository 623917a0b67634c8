# shellcheck shell=bash
# MySQL and RabbitMQ on a Debian or Ubuntu without Docker, as root: a small Debian with both in a folder outside the
# repository, made once and shared, read-only, by all instances; each runs its own servers in it on its own data. Of
# three of each (servers_members) every server has a folder, a log and a pid of its own name: mysql-1, rabbitmq-1.

debian_root=${PNL_SERVERS_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/pnlpipeline/servers}

# Being root is not always enough: a container may not be allowed to mount.
debian_is_possible() { ((EUID == 0)) && command -v apt-get >/dev/null && unshare --mount true 2>/dev/null; }

debian_find() {
  mkdir -p "$servers_directory"
  debian_provisioning=''
  if [[ ! -d $debian_root ]]; then
    say "Installing MySQL and RabbitMQ into $debian_root: 0.6 GB, once (log: $debian_root.log)"
    debian_require_tools
    start_task debian_provision
    debian_provisioning=$task
  fi
  debian_mysqls=(mysql) debian_brokers=(rabbitmq)
  if ((servers_members > 1)); then
    debian_mysqls=(mysql-{1..3}) debian_brokers=(rabbitmq-{1..3})
  fi
  # Left over from a run that was killed: they end by themselves, but may need a moment.
  debian_stop
}

debian_start() {
  if [[ -n $debian_provisioning ]]; then
    finish_task "$debian_provisioning" || fail_with_log "installing MySQL and RabbitMQ failed" "$debian_root.log"
  fi
  progress servers starting
  debian_configure
  local name
  for name in "${debian_mysqls[@]}" epmd "${debian_brokers[@]}"; do debian_restart "$name"; done
  if ((servers_members > 1)); then debian_restart group; fi
}

debian_restart() {
  case $1 in
    mysql*) debian_launch "$1" mysql "$debian_run_mysql" "$1" ;;
    group) debian_launch group mysql "$debian_run_group" ;;
    epmd) debian_launch epmd rabbitmq "$debian_run_epmd" "${debian_brokers[0]}" ;;
    rabbitmq*) debian_launch "$1" rabbitmq "$debian_run_rabbitmq" "$1" ;;
  esac
}

debian_wait() {
  local name
  for name in "${debian_mysqls[@]}"; do
    debian_wait_for "$name" 'mysqld: ready for connections'
    # It has been read, and holds the password.
    debian_init_sql_of_later_starts >"$servers_directory/$name/init.sql"
  done
  for name in "${debian_brokers[@]}"; do debian_wait_for "$name" 'Server startup complete'; done
  if ((servers_members > 1)); then debian_wait_for group 'All of them are in the group'; fi
  MYSQL_URL="mysql://admin:$mysql_password@$(debian_addresses "${debian_mysql_ports[@]}")/$servers_name"
  servers_broker_urls "$(debian_addresses "${debian_broker_ports[@]}")"
  PNL_RABBITMQCTL=$servers_directory/rabbitmqctl
  PNL_SERVERS=$servers_directory
}

debian_stop() {
  # Before its members: it would have them join again.
  stop_remembered 5 "$servers_directory/group.pid"
  stop_remembered 30 "$servers_directory"/{mysql,rabbitmq}{,-1,-2,-3}.pid
  # Only when the broker is gone: it says good-bye to it.
  stop_remembered 5 "$servers_directory/epmd.pid"
}

debian_wipe() { rm -rf "${servers_directory:?}"/{mysql,rabbitmq}{,-1,-2,-3} "$servers_directory"/{group,tmp,secrets}; }

# --- The folder -------------------------------------------------------------------------------------------------

# What scripts call; the rest comes as what these and the packages wanted depend on.
debian_packages=(base-files base-passwd bash coreutils dash findutils grep hostname libc-bin mawk passwd procps sed util-linux)
# What those ask for and only the setting up of a whole machine needs.
debian_packages_left_out=(adduser debconf init-system-helpers openssl perl rabbitmqadmin-ng systemd)

debian_require_tools() {
  [[ -e /usr/share/keyrings/debian-archive-keyring.gpg ]] && return
  say "Installing Debian's keys"
  interruptibly debian_install debian-archive-keyring >"$debian_root.log" 2>&1 ||
    fail_with_log "apt-get could not install debian-archive-keyring" "$debian_root.log"
}

# Once at a time: other runs wait for it.
debian_provision() {
  local lock
  mkdir -p "$(dirname "$debian_root")"
  exec {lock}>"$debian_root.lock"
  flock --nonblock "$lock" || { progress servers "waiting for another run that installs them"; flock "$lock"; }
  # Again: the other one may have finished it.
  [[ -d $debian_root ]] || debian_unpack_servers "$debian_root.partial" >"$debian_root.log" 2>&1
}

debian_unpack_servers() { # FOLDER
  local root=$1
  debian_unpack "$root" mysql-server-core mysql-client-core rabbitmq-server || return
  printf '%s\n' mysql:x:999:999::/nonexistent:/usr/sbin/nologin rabbitmq:x:998:998::/nonexistent:/usr/sbin/nologin >>"$root/etc/passwd"
  printf '%s\n' mysql:x:999: rabbitmq:x:998: >>"$root/etc/group"
  mkdir -p "$root/srv/instance" "$root/var/lib/mysql-files"
  # Only now does it count: a folder of that name is always whole.
  mv "$root" "$debian_root"
}

# Packages unpacked side by side, without the scripts that would set each up for a whole machine: what those do and is needed is at the end,
# and with the callers. A third of the time that installing them takes.
debian_unpack() { # FOLDER PACKAGE...
  local root=$1 packages=$1/packages architecture package
  architecture=$(dpkg --print-architecture)
  # Whatever an interrupted one left: nothing is mounted in it.
  rm -rf "$root"
  mkdir -p "$packages"/{state,cache/archives/partial}
  for package in "${debian_packages_left_out[@]}"; do
    printf '%s\n' "Package: $package" "Status: install ok installed" "Version: 99:0" "Architecture: $architecture" "Multi-Arch: allowed" ''
  done >"$packages/status"
  echo "deb [arch=$architecture signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
    "${PNL_DEBIAN_MIRROR:-http://deb.debian.org/debian} sid main" >"$packages/sources.list"
  progress servers "looking packages up"
  debian_apt update || return
  debian_apt --yes --download-only -o APT::Status-Fd=3 install "${debian_packages[@]}" "${@:2}" 3> >(debian_download_progress) || return

  # The first one has the folders that the others' files go into.
  dpkg-deb --extract "$packages"/cache/archives/base-files_*.deb "$root" || return
  printf '%s\0' "$packages"/cache/archives/*.deb | xargs -0 -n 1 -P "$(nproc)" sh -c 'dpkg-deb --extract "$1" "$0" && echo "unpacked $1"' "$root" |
    debian_unpack_progress "$(find "$packages/cache/archives" -name '*.deb' | wc -l)"
  [[ "${PIPESTATUS[*]}" == '0 0 0' ]] || return
  rm -rf "$packages"

  cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
  cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
  ln -s mawk "$root/usr/bin/awk"
  # RabbitMQ's node is called something@localhost.
  printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
  chroot "$root" ldconfig
}

# apt-get for the distribution in the folder: of this machine it takes nothing but the way to a mirror.
debian_apt() {
  apt-get -q -o Dir::State="$packages/state" -o Dir::State::status="$packages/status" -o Dir::Cache="$packages/cache" \
    -o Dir::Cache::pkgcache=pkgcache.bin -o Dir::Etc::SourceList="$packages/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null -o Acquire::Languages=none \
    -o APT::Install-Recommends=false -o APT::Sandbox::User=root -o APT::Get::AllowUnauthenticated=false "$@" </dev/null
}

debian_download_progress() {
  local state percent message
  while IFS=: read -r state _ percent message; do
    [[ $state != dlstatus ]] || progress servers "downloading, ${percent%.*} %"
  done
}

debian_unpack_progress() { # OF
  local count=0 line
  while read -r line; do
    echo "$line"
    progress servers "unpacking, $((++count)) of $1 packages"
  done
}

# --- An instance ------------------------------------------------------------------------------------------------

debian_configure() {
  local i
  load_secrets "$servers_directory/secrets" mysql_password rabbitmq_password erlang_cookie "${broker_passwords[@]}"
  choose_port servers_epmd_port
  # The servers run as users of their own and must reach their folders, but not read each other's.
  chmod 711 "$servers_directory"
  mkdir -p "$servers_directory/tmp"
  chmod 1777 "$servers_directory/tmp"
  debian_mysql_ports=("$servers_mysql_port") debian_broker_ports=("$servers_rabbitmq_port") debian_group_ports=()
  for ((i = 1; i < servers_members; i++)); do
    choose_port "debian_mysql_ports[$i]" $((debian_mysql_ports[i - 1] + 1))
    choose_port "debian_broker_ports[$i]" $((debian_broker_ports[i - 1] + 1))
  done
  for ((i = 0; i < servers_members; i++)); do choose_port "debian_group_ports[$i]"; done
  for ((i = 0; i < servers_members; i++)); do
    debian_configure_mysql "$i"
    debian_configure_broker "$i"
  done
  if ((servers_members > 1)); then debian_configure_group; fi

  {
    echo '#!/bin/bash'
    echo "# Written at each start: rabbitmqctl for the broker of this folder."
    echo "exec $(printf '%q ' "${debian_inside[@]}" "$debian_root" "$servers_directory" rabbitmq "$debian_run_rabbitmqctl" "${debian_brokers[0]}") \"\$@\""
  } >"$servers_directory/rabbitmqctl"
  chmod 700 "$servers_directory/rabbitmqctl"
}

debian_addresses() { # PORT...
  local addresses
  addresses=$(printf ',127.0.0.1:%s' "$@")
  echo "${addresses:1}"
}

debian_configure_mysql() { # INDEX
  local name=${debian_mysqls[$1]} folder
  folder=$servers_directory/$name
  mkdir -p "$folder"
  chmod 700 "$folder"
  (
    umask 077
    {
      cat "$repository/deploy/mysql.cnf"
      if ((servers_members > 1)); then cat "$repository/deploy/mysql-group.cnf"; fi
      cat <<END
datadir = /srv/instance/$name/data
socket = /srv/instance/$name/mysqld.sock
pid_file = /srv/instance/$name/mysqld.pid
port = ${debian_mysql_ports[$1]}
bind_address = 127.0.0.1
innodb_buffer_pool_size = ${PNL_MYSQL_BUFFER_POOL:-1G}
performance_schema_digests_size = ${PNL_MYSQL_DIGESTS:--1}
END
      if ((servers_members > 1)); then
        cat <<END
server_id = $(($1 + 1))
report_host = 127.0.0.1
loose_group_replication_local_address = 127.0.0.1:${debian_group_ports[$1]}
loose_group_replication_group_seeds = $(debian_addresses "${debian_group_ports[@]}")
END
      fi
    } >"$folder/my.cnf"
    # Run at every start, before the first connection is served, so that the passwords are always those of the file.
    {
      # Each is told by itself: what a member of a group had committed alone would keep it out.
      if ((servers_members > 1)); then echo 'SET SESSION sql_log_bin = OFF;'; fi
      cat <<END
ALTER USER root@localhost IDENTIFIED BY '$mysql_password';
CREATE USER IF NOT EXISTS admin IDENTIFIED BY '$mysql_password';
ALTER USER admin IDENTIFIED BY '$mysql_password';
GRANT ALL ON *.* TO admin WITH GRANT OPTION;
CREATE DATABASE IF NOT EXISTS \`$servers_name\`;
END
      debian_init_sql_of_later_starts
    } >"$folder/init.sql"
  )
  chown -R "$(debian_owner mysql)" "$folder"
}

debian_init_sql_of_later_starts() {
  if ((servers_members > 1)); then cat "$repository/deploy/mysql-group.sql"; fi
}

debian_configure_group() {
  local folder=$servers_directory/group
  mkdir -p "$folder"
  chmod 700 "$folder"
  cp "$repository/deploy/mysql-group.sh" "$folder/mysql-group.sh"
  (
    umask 077
    cat >"$folder/environment" <<END
set -a
PNL_GROUP_MEMBERS='$(debian_addresses "${debian_mysql_ports[@]}" | tr , ' ')'
PNL_GROUP_USER=admin
MYSQL_PWD=$mysql_password
END
  )
  chown -R "$(debian_owner mysql)" "$folder"
}

debian_configure_broker() { # INDEX
  local name=${debian_brokers[$1]} folder i
  folder=$servers_directory/$name
  mkdir -p "$folder"
  chmod 700 "$folder"
  choose_port servers_distribution_port
  (
    umask 077
    # Read at every start, instead of the usual guest being made: the accounts are always those of the file of secrets.
    {
      cat "$repository/deploy/rabbitmq.conf"
      if ((servers_members > 1)); then
        cat "$repository/deploy/rabbitmq-cluster.conf"
        for ((i = 1; i <= servers_members; i++)); do
          echo "cluster_formation.classic_config.nodes.$i = pnl-$i@localhost"
        done
      fi
      cat <<END
listeners.tcp.1 = 127.0.0.1:${debian_broker_ports[$1]}
load_definitions = /srv/instance/$name/definitions.json
END
    } >"$folder/rabbitmq.conf"
    servers_broker_definitions >"$folder/definitions.json"
    rm -f "$folder/.erlang.cookie"
    # One for all nodes of a cluster.
    echo "$erlang_cookie" >"$folder/.erlang.cookie"
    chmod 400 "$folder/.erlang.cookie"
    cp "$repository/deploy/enabled_plugins" "$folder/enabled_plugins"
    debian_broker_environment "$1" >"$folder/environment"
  )
  chown -R "$(debian_owner rabbitmq)" "$folder"
}

debian_broker_environment() { # INDEX
  local name=${debian_brokers[$1]} node=pnl@localhost
  ((servers_members == 1)) || node=pnl-$(($1 + 1))@localhost
  cat <<END
set -a
HOME=/srv/instance/$name
LANG=C.UTF-8
RABBITMQ_CONF_ENV_FILE=/dev/null
RABBITMQ_CONFIG_FILE=/srv/instance/$name/rabbitmq.conf
RABBITMQ_ENABLED_PLUGINS_FILE=/srv/instance/$name/enabled_plugins
RABBITMQ_MNESIA_BASE=/srv/instance/$name/data
RABBITMQ_LOG_BASE=/srv/instance/$name/data
RABBITMQ_NODENAME=$node
RABBITMQ_NODE_PORT=${debian_broker_ports[$1]}
RABBITMQ_DIST_PORT=$servers_distribution_port
ERL_EPMD_PORT=$servers_epmd_port
ERL_EPMD_ADDRESS=127.0.0.1
# We start epmd ourselves, or it would outlive the broker.
RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}'
RABBITMQ_CTL_ERL_ARGS='-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}'
# Makes the start script become the broker rather than wait for it: its pid is then the one we know.
RUNNING_UNDER_SYSTEMD=true
END
}

# --- Inside the folder ------------------------------------------------------------------------------------------

# debian_inside ROOT DIRECTORY USER SCRIPT [ARGUMENT...]: becomes a shell script run by USER inside the folder, which
# it sees read-only, with the instance's own data in /srv/instance. The mounts are in a namespace of their own and
# vanish with the process. The kernel ends it when its parent is gone; that has to be asked for last, for changing
# the user forgets it.
# shellcheck disable=SC2016
debian_inside=(env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin unshare --mount sh -c '
  set -e
  root=$1 directory=$2 user=$3 script=$4
  shift 4
  mount --rbind "$root" "$root"
  mount --rbind /dev "$root/dev"
  mount --rbind /proc "$root/proc"
  mount --bind "$directory" "$root/srv/instance"
  mount --bind "$directory/tmp" "$root/tmp"
  mount -o remount,bind,ro "$root"
  exec chroot "$root" setpriv --reuid="$user" --regid="$user" --init-groups --pdeathsig=TERM -- sh -c "$script" "$user" "$@"
' sh)

# A data directory is made under another name, so that an interrupted one is never taken for whole.
# shellcheck disable=SC2016
debian_run_mysql='
  cd "/srv/instance/$1" || exit
  if ! [ -d data ]; then
    rm -rf new
    mysqld --defaults-file="$PWD/my.cnf" --datadir="$PWD/new" --initialize-insecure && mv new data || exit
  fi
  exec mysqld --defaults-file="$PWD/my.cnf" --init-file="$PWD/init.sql"'

debian_run_group='. /srv/instance/group/environment; exec bash /srv/instance/group/mysql-group.sh'

# shellcheck disable=SC2016
debian_run_epmd='. "/srv/instance/$1/environment"; exec epmd -address 127.0.0.1 -port "$ERL_EPMD_PORT"'

# shellcheck disable=SC2016
debian_run_rabbitmq='
  . "/srv/instance/$1/environment"
  until epmd -names >/dev/null 2>&1; do sleep 0.02; done
  exec /usr/lib/rabbitmq/bin/rabbitmq-server'

# shellcheck disable=SC2016
debian_run_rabbitmqctl='. "/srv/instance/$1/environment"; shift; exec /usr/lib/rabbitmq/bin/rabbitmqctl "$@"'

# debian_launch NAME USER SCRIPT [ARGUMENT...]
debian_launch() {
  (become "${debian_inside[@]}" "$debian_root" "$servers_directory" "${@:2}") >"$servers_directory/$1.log" 2>&1 &
  servers_pid[$1]=$!
  remember_process "$servers_directory/$1.pid" $!
}

# debian_wait_for NAME LINE: until its log has the line.
debian_wait_for() {
  local log=$servers_directory/$1.log deadline=$((SECONDS + 120))
  until grep -q "$2" "$log"; do
    remembered_process "$servers_directory/$1.pid" >/dev/null || fail_with_log "$1 ended while starting" "$log"
    ((SECONDS < deadline)) || fail_with_log "$1 does not answer after 120 s" "$log"
    sleep 0.1
  done
}

# debian_owner USER: its numbers inside the folder; outside they are somebody else's, or nobody's.
debian_owner() { awk -F: -v user="$1" '$1 == user { print $3 ":" $4 }' "$debian_root/etc/passwd"; }
