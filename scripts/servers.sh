# shellcheck shell=bash
# A real MySQL and a real RabbitMQ for one instance of the system: a running system, or a run of the tests.
#
#   servers_find DIRECTORY
#       decides where they come from, installs them where that is needed, and stops what a killed run left running.
#       What the servers keep is in DIRECTORY and belongs to nobody else.
#   servers_wipe
#       forgets what they kept.
#   servers_start MYSQL_PORT RABBITMQ_PORT NAME
#       starts them without waiting; NAME is the database and the virtual host they have from the start.
#   servers_wait
#       waits until both answer, and exports MYSQL_URL, RABBITMQ_URL (accounts that may do everything on these
#       servers), RABBITMQ_INGEST_URL, RABBITMQ_WORKER_URL, RABBITMQ_QUERY_URL (the services' accounts, with the rights of
#       deploy/rabbitmq-definitions.sh), PNL_RABBITMQCTL (a command like rabbitmqctl for this broker, or nothing)
#       and PNL_SERVERS (the folder with the pids of servers that are processes of ours, or nothing).
#   servers_members=3, before servers_find
#       three of each that stand for one another, on this machine: MySQL as a group, RabbitMQ as a cluster. The URLs name
#       them all, host:port,host:port,host:port; the ports after the first are any that are free.
#   servers_restart NAME
#       starts one of servers_pid again that has ended.
#   servers_stop
#       stops what servers_start started, and nothing else.
#
# Call them from the main shell, not from a subshell: the servers end with the shell that started them.

# shellcheck source=scripts/servers-docker.sh
source "$repository/scripts/servers-docker.sh"
# shellcheck source=scripts/servers-debian.sh
source "$repository/scripts/servers-debian.sh"

# Where the servers come from: given, docker or debian; nothing while there are none.
servers_kind=''
# The processes by name, where they are children of this shell.
declare -A servers_pid
servers_members=1

servers_find() {
  servers_directory=$1
  if ((servers_members > 1)); then
    debian_is_possible || fail "three of each server take Debian or Ubuntu, root, and the right to mount; by containers: deploy/cluster.yml"
    servers_kind=debian
    say "Servers: three of each, Debian's packages, in $debian_root"
  elif [[ -n ${MYSQL_URL:-}${RABBITMQ_URL:-} ]]; then
    require_given_servers
    servers_kind=given
    say "Servers: the given ones, MYSQL_URL $(without_password "$MYSQL_URL") and RABBITMQ_URL $(without_password "$RABBITMQ_URL")"
  elif docker_answers; then
    servers_kind=docker
    say "Servers: containers, by Docker"
  elif debian_is_possible; then
    servers_kind=debian
    say "Servers: Debian's packages, in $debian_root ($docker_missing)"
  else
    fail "no MySQL and RabbitMQ to be had: $docker_missing. One of these will do:
  - set MYSQL_URL=mysql://user:password@host:port/database and RABBITMQ_URL=amqp://user:password@host:port/vhost
  - start Docker, Engine 25 or later, with its compose plugin
  - be root on Debian or Ubuntu, and allowed to mount: they are then installed into a folder of their own"
  fi
  "${servers_kind}_find"
}

servers_start() {
  servers_mysql_port=$1 servers_rabbitmq_port=$2 servers_name=$3
  "${servers_kind}_start"
}

servers_wait() {
  PNL_SERVERS=''
  "${servers_kind}_wait"
  progress servers ready
  export MYSQL_URL RABBITMQ_URL RABBITMQ_INGEST_URL RABBITMQ_WORKER_URL RABBITMQ_QUERY_URL PNL_RABBITMQCTL PNL_SERVERS
}

# The services' accounts of the broker; the passwords are among the servers' secrets.
broker_passwords=(rabbitmq_ingest_password rabbitmq_worker_password rabbitmq_query_password)

servers_broker_definitions() {
  PNL_NAME=$servers_name RABBITMQ_PASSWORD=${rabbitmq_password:-} RABBITMQ_INGEST_PASSWORD=$rabbitmq_ingest_password \
    RABBITMQ_WORKER_PASSWORD=$rabbitmq_worker_password RABBITMQ_QUERY_PASSWORD=$rabbitmq_query_password "$repository/deploy/rabbitmq-definitions.sh"
}

# Sets the URLs of the administrator and of the services.
servers_broker_urls() { # [HOST:PORT,HOST:PORT...]
  local broker=${1:-127.0.0.1:$servers_rabbitmq_port}/$servers_name
  RABBITMQ_URL="amqp://admin:$rabbitmq_password@$broker"
  RABBITMQ_INGEST_URL="amqp://${servers_name}_ingest:$rabbitmq_ingest_password@$broker"
  RABBITMQ_WORKER_URL="amqp://${servers_name}_worker:$rabbitmq_worker_password@$broker"
  RABBITMQ_QUERY_URL="amqp://${servers_name}_query:$rabbitmq_query_password@$broker"
}

servers_wipe() { "${servers_kind}_wipe"; }

servers_restart() { "${servers_kind}_restart" "$1"; }

servers_stop() {
  [[ -z $servers_kind ]] || "${servers_kind}_stop"
}

# --- Given in the environment: not ours to start, stop or empty ----------------------------------------------------

given_find() { :; }
given_start() { :; }
given_wait() {
  PNL_RABBITMQCTL=${PNL_RABBITMQCTL:-}
  [[ -z ${RABBITMQ_INGEST_URL:-} || -z ${RABBITMQ_WORKER_URL:-} || -z ${RABBITMQ_QUERY_URL:-} ]] || return 0
  say "The services take the broker's account of RABBITMQ_URL, for RABBITMQ_INGEST_URL, RABBITMQ_WORKER_URL and RABBITMQ_QUERY_URL are not all set (docs/operating.md, Accounts)"
  RABBITMQ_INGEST_URL=$RABBITMQ_URL RABBITMQ_WORKER_URL=$RABBITMQ_URL RABBITMQ_QUERY_URL=$RABBITMQ_URL
}
given_wipe() { say "What the given servers hold is left alone"; }
given_stop() { :; }

require_given_servers() {
  [[ -n ${MYSQL_URL:-} && -n ${RABBITMQ_URL:-} ]] || fail "MYSQL_URL and RABBITMQ_URL go together: set both, or neither"
  local host='[^:/@,]+(:[0-9]+)?'
  [[ $MYSQL_URL =~ ^mysql://[^:/@]+:[^/@]*@$host(,$host)*/[^/?]+$ ]] ||
    fail "MYSQL_URL must read mysql://user:password@host:port/database, or of a group host:port,host:port"
  [[ $RABBITMQ_URL =~ ^amqps?://[^:/@]+:[^/@]*@$host(,$host)*(/[^?]*)?$ ]] ||
    fail "RABBITMQ_URL must read amqp://user:password@host:port/vhost, or of a cluster host:port,host:port"
}

without_password() { sed -E 's|^([a-z]+://[^:]+):[^@]*@|\1@|' <<<"$1"; }
