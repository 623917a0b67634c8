# shellcheck shell=bash
# Starting processes that end with us, remembering them, and stopping them and no others.

# Prints when a process started, in ticks since boot; fails when there is no such process, or only its zombie.
# A pid together with this moment names one process for ever; a pid alone may by now be a stranger's.
process_started_at() {
  local stat
  { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
  # The second field is the command in parentheses and may hold spaces; fields are counted from behind it.
  read -ra stat <<<"${stat##*) }"
  [[ ${stat[0]} != Z ]] && echo "${stat[19]}"
}

# remember_process FILE PID
remember_process() { echo "$2 $(process_started_at "$2")" >"$1"; }

# Prints the pid kept in FILE if that very process still runs.
remembered_process() {
  local pid started
  { read -r pid started <"$1"; } 2>/dev/null || return 1
  [[ -n $started && $(process_started_at "$pid") == "$started" ]] && echo "$pid"
}

# stop_remembered DEADLINE_SECONDS FILE...: asks every one at once, waits for all, and kills what is left at the deadline.
stop_remembered() {
  local deadline=$((SECONDS + $1)) ask_at=0 file pid waiting
  shift
  while :; do
    waiting=()
    for file; do
      if pid=$(remembered_process "$file"); then
        waiting+=("$file")
        # More than once: RabbitMQ loses a request that comes in its first moments.
        if ((SECONDS >= ask_at)); then kill -TERM "$pid" 2>/dev/null; fi
      else
        rm -f "$file"
      fi
    done
    ((${#waiting[@]})) || return 0
    ((SECONDS < deadline)) || break
    if ((SECONDS >= ask_at)); then ask_at=$((SECONDS + 2)); fi
    sleep 0.1
  done
  for file in "${waiting[@]}"; do
    pid=$(remembered_process "$file") || continue
    complain "$(basename "$file" .pid) did not stop in time and is killed"
    kill -KILL "$pid" 2>/dev/null
    rm -f "$file"
  done
}

# take_lock FILE: fails when another process holds it. The lock ends with this process, however it ends;
# everything started from here has to let go of it (release_lock), or it would outlive us.
take_lock() {
  exec {lock_fd}>>"$1"
  flock --nonblock "$lock_fd" || return 1
  echo $$ >"$1"
}

release_lock() {
  if [[ -n ${lock_fd:-} ]]; then exec {lock_fd}>&-; fi
}

# Becomes the given command, in a session of its own so that a Ctrl-C in the terminal reaches us alone and we
# choose the order, and with the kernel's promise to end it should we be killed without a chance to do so.
# For use in a background subshell of the main shell: the promise is tied to the parent.
become() {
  release_lock
  exec setsid setpriv --pdeathsig TERM -- "$@" </dev/null
}

# start_task COMMAND...: starts what may take long, and leaves its pid in $task. It gets a process group of its own,
# so that stop_tasks can end all that it started with it.
tasks=()
start_task() {
  set -m
  (release_lock; "$@") </dev/null &
  task=$!
  set +m
  tasks+=("$task")
}

# finish_task PID: waits for it; fails as it failed.
finish_task() {
  local status=0 other others=()
  wait "$1" || status=$?
  for other in "${tasks[@]}"; do [[ $other == "$1" ]] || others+=("$other"); done
  tasks=("${others[@]}")
  return "$status"
}

# Runs a command so that a signal to us is answered at once, not when the command is done.
interruptibly() {
  start_task "$@"
  finish_task "$task"
}

stop_tasks() {
  local task
  # Waiting for nothing in particular would be waiting for everything.
  ((${#tasks[@]})) || return 0
  for task in "${tasks[@]}"; do kill -TERM -- "-$task" 2>/dev/null; done
  wait "${tasks[@]}" 2>/dev/null
  tasks=()
}

debian_install() { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; }

port_is_free() {
  local hexadecimal
  printf -v hexadecimal '%04X' "$1"
  # 0A is LISTEN. On any address: a listener on 0.0.0.0 is in the way of one on 127.0.0.1.
  ! grep -qsE "^ *[0-9]+: [0-9A-F]+:$hexadecimal [0-9A-F]+:0000 0A " /proc/net/tcp /proc/net/tcp6
}

# choose_port VARIABLE [FROM]: a port nobody listens on, the first one upwards of FROM, or anywhere below the
# range the kernel hands out to outgoing connections. None is given twice.
chosen_ports=' '
choose_port() {
  local candidate=${2:-}
  while :; do
    [[ -n ${2:-} ]] || candidate=$((20000 + RANDOM % 10000))
    if [[ $chosen_ports != *" $candidate "* ]] && port_is_free "$candidate"; then break; fi
    candidate=$((candidate + 1))
  done
  chosen_ports+="$candidate "
  printf -v "$1" '%d' "$candidate"
}
