# shellcheck shell=bash
# The services of a running system: what each is told by its environment, starting, watching and stopping them.
# Secrets go by the environment, never by arguments, which every user of the machine can read.

services=()
demo_pid=''
declare -A service_port service_pid service_started service_failures

# add_service NAME PORT
add_service() {
  services+=("$1")
  service_port[$1]=$2
  service_failures[$1]=0
}

# As an account of least rights that the migrator made.
database_url() { # ROLE PASSWORD
  local name=${MYSQL_URL##*/}
  echo "mysql://${name}_$1:$2@${MYSQL_URL##*@}"
}

# What a service is told, as NAME=value lines: its own accounts and secrets, and no other's.
service_settings() { # ingest, pairing, ledgers, notifications or query
  case $1 in
    ingest)
      echo "Webhooks__Tokens__0=$webhook_token"
      echo "ConnectionStrings__RabbitMq=$RABBITMQ_INGEST_URL"
      echo "Spool__Directory=$state/spool"
      ;;
    pairing | ledgers | notifications)
      echo "Worker__Roles__0=$1"
      echo "ConnectionStrings__RabbitMq=$RABBITMQ_WORKER_URL"
      echo "Notifications__PageUrl=http://127.0.0.1:$query_port"
      echo "ConnectionStrings__MySql=$(database_url worker "$worker_password")"
      ;;
    query)
      echo "Access__AdminKeys__0=$admin_key"
      echo "Access__ViewerKeys__0=$viewer_key"
      echo "Access__SessionKeysDirectory=$state/session-keys"
      echo "ConnectionStrings__RabbitMq=$RABBITMQ_QUERY_URL"
      echo "ConnectionStrings__MySql=$(database_url query "$query_password")"
      echo "Webhook__Url=${PNL_WEBHOOK_URL:-http://127.0.0.1:$ingest_port}"
      echo "Webhook__InternalUrl=http://127.0.0.1:$ingest_port"
      echo "Webhook__Token=$webhook_token"
      ;;
  esac
}

# Settings for those who start a service themselves, in a debugger: in the folder that the launch profiles name as its content root.
write_settings() {
  local name line separator
  rm -rf "$state/settings"
  for name in ingest pairing ledgers notifications query; do
    (
      umask 077
      mkdir -p "$state/settings/$name"
      {
        separator='{'
        while read -r line; do
          printf '%s\n  "%s": "%s"' "$separator" "$(sed 's/__/:/g' <<<"${line%%=*}")" "${line#*=}"
          separator=,
        done
        printf '\n}\n'
      } < <(service_settings "$name"; [[ $name != query ]] || echo "Dashboard__Directory=$repository/Dashboard/dist") >"$state/settings/$name/appsettings.json"
    )
  done
}

# Becomes the service of that name.
become_service() {
  local assembly setting
  export ASPNETCORE_URLS=http://127.0.0.1:${service_port[$1]}
  export ASPNETCORE_ENVIRONMENT=Development DOTNET_ENVIRONMENT=Development
  # Or it watches its folder for changed settings: the whole repository, with every write of MySQL's in it.
  export DOTNET_hostBuilder__reloadConfigOnChange=false
  # One pool of native memory: one for each thread keeps what the compiler and the sockets have used once.
  export MALLOC_ARENA_MAX=1
  # Whatever it writes, such as the keys of sessions, is for its owner alone.
  umask 077
  case $1 in
    ingest) assembly=Ingest.Api ;;
    pairing-* | ledgers-* | notifications-*) assembly=Analytics.Worker ;;
    query) assembly=Query.Api ;;
  esac
  while read -r setting; do export "${setting?}"; done < <(service_settings "${1%-*}")
  # The owner's accounts are none of their business.
  unset MYSQL_URL RABBITMQ_URL RABBITMQ_INGEST_URL RABBITMQ_WORKER_URL RABBITMQ_QUERY_URL
  cd "$repository" || exit
  become dotnet "$state/bin/$assembly/$assembly.dll"
}

migrate() {
  export DOTNET_ENVIRONMENT=Development ConnectionStrings__RabbitMq=$RABBITMQ_URL
  export ConnectionStrings__MySql=$MYSQL_URL Accounts__WorkerPassword=$worker_password Accounts__QueryPassword=$query_password
  dotnet "$state/bin/Migrator/Migrator.dll" >"$state/logs/migrator.log" 2>&1
}

play_demo() {
  export INGEST_URL=$ingest_url QUERY_URL=$query_url WEBHOOK_TOKEN=$webhook_token ADMIN_KEY=$admin_key
  become dotnet "$state/bin/Replayer/Replayer.dll" demo
}

# start_service NAME [DELAY_SECONDS]
start_service() {
  local name=$1 delay=${2:-0}
  (
    release_lock
    # A pause without a process of its own, that would be left behind.
    if ((delay)); then read -rt "$delay" _ <> <(:); fi
    # Whoever started us may be gone by now.
    kill -0 $$ 2>/dev/null && become_service "$name"
  ) > >(show_log "$name") 2>&1 &
  service_pid[$name]=$!
  service_started[$name]=$((SECONDS + delay))
  remember_process "$state/$name.pid" $!
}

# Keeps what a service prints in its log, and shows it under its name.
show_log() {
  local colour='' plain_again=''
  release_lock
  # A Ctrl-C in the terminal is for us; the log goes on until the service has said its last word.
  trap '' INT TERM HUP
  if [[ -n $plain ]]; then
    colour=$'\e['$((31 + $(cksum <<<"$1" | cut -d ' ' -f 1) % 6))m plain_again=$plain
  fi
  tee -ap "$state/logs/$1.log" | sed -u "s/^/$colour$(printf '%-9s' "$1") |$plain_again /"
}

answers_ready() { # PORT
  local code=''
  {
    code=$(
      exec 3<>"/dev/tcp/127.0.0.1/$1" || exit
      printf 'GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
      read -rt 5 _ code _ <&3 && echo "$code"
    )
  } 2>/dev/null
  [[ $code == 200 ]]
}

# Fails, with the end of the log, when a service ends or is not ready in time.
wait_until_ready() {
  local waiting=("${services[@]}") still name deadline=$((SECONDS + 90)) told=$SECONDS
  while :; do
    still=()
    for name in "${waiting[@]}"; do
      if answers_ready "${service_port[$name]}"; then
        continue
      fi
      remembered_process "$state/$name.pid" >/dev/null || { sleep 0.2; fail_with_log "$name ended while starting" "$state/logs/$name.log"; }
      still+=("$name")
    done
    waiting=("${still[@]}")
    ((${#waiting[@]})) || return 0
    ((SECONDS < deadline)) || fail_with_log "not ready after 90 s: ${waiting[*]}" "$state/logs/${waiting[0]}.log"
    if ((SECONDS >= told + 5)); then
      told=$SECONDS
      say "Waiting for ${waiting[*]}"
    fi
    sleep 0.1
  done
}

# Watches everything that was started, and starts again what ends: never returns.
# Its own errors are bash's remarks on children that were killed; it has said so itself, and better.
watch_services() {
  local name status quiet
  while :; do
    quiet=true
    for name in "${services[@]}"; do
      if ended "${service_pid[$name]}"; then restart_service "$name" "$status"; quiet=false; fi
    done
    for name in "${!servers_pid[@]}"; do
      if ended "${servers_pid[$name]}"; then restart_server "$name" "$status"; quiet=false; fi
    done
    if [[ -n $demo_pid ]] && ended "$demo_pid"; then
      if ((status)); then complain "the demo ended with exit code $status"; else say "The demo has been played"; fi
      demo_pid=''
    fi
    # Only after a look that found nothing: starting a process makes bash forget those that ended meanwhile.
    if $quiet; then wait -n "${service_pid[@]}" "${servers_pid[@]}" ${demo_pid:+"$demo_pid"}; fi
  done
} 2>/dev/null

# ended PID: whether a child of ours has ended, with its exit code in $status.
ended() {
  kill -0 "$1" && return 1
  wait "$1"
  status=$?
}

restart_service() { # NAME STATUS
  local failures delay
  # One that has lived for a minute starts with a clean record.
  ((SECONDS - service_started[$1] < 60)) || service_failures[$1]=0
  failures=$((++service_failures[$1]))
  delay=$((failures < 6 ? 1 << (failures - 1) : 30))
  sleep 0.2 # for the last lines to arrive
  complain "$1 ended (exit code $2) and starts again in $delay s; its last lines:"
  show_last_lines "$state/logs/$1.log" 10
  start_service "$1" "$delay"
}

restart_server() { # NAME STATUS
  complain "$1 ended (exit code $2) and starts again in 1 s; its last lines:"
  show_last_lines "$servers_directory/$1.log" 10
  sleep 1
  servers_restart "$1"
}

stop_services() {
  local name files=()
  for name in "${services[@]}" demo; do files+=("$state/$name.pid"); done
  stop_remembered 20 "${files[@]}"
}
