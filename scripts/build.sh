# shellcheck shell=bash
# Building the solution, once at a time: run and test share the output.

# Nodes kept for the next build would outlive us.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

# require_dotnet LOG
require_dotnet() {
  command -v dotnet >/dev/null || fail "dotnet is not on the PATH. Install the .NET 10 SDK: https://dotnet.microsoft.com/download/dotnet/10.0"
  (cd "$repository" && dotnet --version) </dev/null >/dev/null 2>&1 ||
    fail "no .NET SDK here satisfies global.json (found: $(dotnet --list-sdks 2>/dev/null | cut -d ' ' -f 1 | paste -sd ' ')). Install the .NET 10 SDK: https://dotnet.microsoft.com/download/dotnet/10.0"
  # Time zones: charts and statistics are asked for in the trader's own.
  if [[ ! -d /usr/share/zoneinfo ]]; then
    if ((EUID)) || ! command -v apt-get >/dev/null; then fail "/usr/share/zoneinfo is missing: install tzdata"; fi
    say "Installing tzdata"
    interruptibly debian_install tzdata >"$1" 2>&1 || fail_with_log "apt-get could not install tzdata" "$1"
  fi
}

# start_build SOLUTION LOG [OPTION...] ... finish_build: in between there is time for something else.
start_build() {
  build_log=$2
  mkdir -p "$repository/artifacts"
  start_task build_solution "$@"
  build_task=$task
}

finish_build() { finish_task "$build_task" || fail_with_log "the build failed" "$build_log"; }

build_solution() { # SOLUTION LOG [OPTION...]
  local build status=0 compiler=pnl-$BASHPID
  cd "$repository" || return
  exec {build_lock_fd}>artifacts/build.lock
  flock --nonblock "$build_lock_fd" || { progress build "waiting for another build"; flock "$build_lock_fd"; }
  touch artifacts/build.lock
  # One compiler for all projects, of this build alone: a new one for each takes half as long again.
  dotnet build "$1" -c Release -v minimal -p:UseSharedCompilation=true -p:SharedCompilationId="$compiler" "${@:3}" >"$2" 2>&1 &
  build=$!
  while kill -0 "$build" 2>/dev/null; do
    progress build "$(build_progress "$1" "$2")"
    sleep 1
  done
  wait "$build" || status=$?
  end_compiler "$compiler"
  progress build "$( ((status)) && echo failed || echo done)"
  return "$status"
}

# It would wait for more to do. (Where we are killed, it is in our process group; where not even that is seen to, it ends after ten minutes.)
end_compiler() { # NAME
  local file
  for file in $(grep -ls -- "-pipename:$1" /proc/[0-9]*/cmdline); do kill "$(cut -d / -f 3 <<<"$file")" 2>/dev/null; done
}

# What a build is at: packages while it fetches some, then projects.
build_progress() { # SOLUTION LOG
  local built packages projects
  built=$(grep -c ' -> ' "$2")
  if ((built)); then
    projects=("$repository"/[A-Z]*/*.csproj)
    [[ $1 == *.slnf ]] || projects+=("$repository"/{benchmarks,tests/*}/*.csproj)
    echo "$built of ${#projects[@]} projects"
  else
    packages=$(find "${NUGET_PACKAGES:-$HOME/.nuget/packages}" -mindepth 3 -maxdepth 3 -name .nupkg.metadata -newer "$repository/artifacts/build.lock" 2>/dev/null | wc -l)
    if ((packages)); then echo "$packages packages fetched"; else echo "looking packages up"; fi
  fi
}
