# shellcheck shell=bash
# MySQL and RabbitMQ as containers: two of the services of the compose file, in a project of the instance's own, so
# that neither its containers, ports nor volumes are those of a system started with `docker compose up`.

# Whether there is a Docker that can run the compose file; why not stands in docker_missing.
docker_answers() {
  local engine
  docker_missing=''
  if ! command -v docker >/dev/null; then
    docker_missing="there is no docker"
  elif ! engine=$(timeout 5 docker version --format '{{.Server.Version}}' 2>/dev/null); then
    docker_missing="Docker's engine does not answer"
  elif [[ ! ${engine%%.*} =~ ^[0-9]+$ ]] || ((${engine%%.*} < 25)); then
    # Its health checks have a start_interval.
    docker_missing="Docker's engine is $engine, and the compose file takes 25 or later"
  elif ! docker compose version >/dev/null 2>&1; then
    docker_missing="Docker has no compose plugin"
  fi
  [[ -z $docker_missing ]]
}

docker_compose() {
  # The compose file asks for the secrets of every service, also of those not started here.
  MYSQL_PORT=$servers_mysql_port RABBITMQ_PORT=$servers_rabbitmq_port PNL_NAME=$servers_name \
    MYSQL_ROOT_PASSWORD=$mysql_password RABBITMQ_PASSWORD=$rabbitmq_password \
    RABBITMQ_INGEST_PASSWORD=${rabbitmq_ingest_password:--} RABBITMQ_WORKER_PASSWORD=${rabbitmq_worker_password:--} \
    RABBITMQ_QUERY_PASSWORD=${rabbitmq_query_password:--} \
    WORKER_PASSWORD=- QUERY_PASSWORD=- WEBHOOK_TOKEN=- ADMIN_KEY=- VIEWER_KEY=- \
    docker compose --project-name "$docker_project" --file "$repository/docker-compose.yml" "$@" </dev/null
}

docker_find() {
  mkdir -p "$servers_directory"
  docker_project=pnl-$(cksum <<<"$servers_directory" | cut -d ' ' -f 1)
  servers_mysql_port=0 servers_rabbitmq_port=0 servers_name=pnl
  if [[ -e $servers_directory/secrets ]]; then
    load_secrets "$servers_directory/secrets" mysql_password rabbitmq_password "${broker_passwords[@]}"
    docker_stop
  else
    # Volumes whose passwords are lost are of no use.
    mysql_password=- rabbitmq_password=-
    docker_wipe
  fi
}

docker_start() {
  progress servers "starting containers"
  load_secrets "$servers_directory/secrets" mysql_password rabbitmq_password "${broker_passwords[@]}"
  interruptibly docker_compose up --detach mysql rabbitmq >"$servers_directory/docker.log" 2>&1 ||
    fail_with_log "docker compose could not start mysql and rabbitmq" "$servers_directory/docker.log"
}

docker_wait() {
  interruptibly docker_compose up --detach --wait mysql rabbitmq >>"$servers_directory/docker.log" 2>&1 ||
    fail_with_log "mysql and rabbitmq do not become healthy" "$servers_directory/docker.log"
  MYSQL_URL="mysql://root:$mysql_password@127.0.0.1:$servers_mysql_port/$servers_name"
  servers_broker_urls
  PNL_RABBITMQCTL=$servers_directory/rabbitmqctl
  cat >"$PNL_RABBITMQCTL" <<END
#!/bin/sh
exec docker exec $(docker_compose ps --quiet rabbitmq) rabbitmqctl "\$@"
END
  chmod 700 "$PNL_RABBITMQCTL"
}

docker_stop() { docker_compose down >>"$servers_directory/docker.log" 2>&1; }

docker_wipe() {
  docker_compose down --volumes >>"$servers_directory/docker.log" 2>&1
  rm -f "$servers_directory/secrets"
}
