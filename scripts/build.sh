# shellcheck shell=bash
# Building the solution, once at a time: run and test share the output.

# Build servers, and nodes kept for the next build, would outlive us.
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

# start_build LOG ... finish_build: in between there is time for something else.
start_build() {
  build_log=$1
  mkdir -p "$repository/artifacts"
  start_task build_solution "$build_log"
  build_task=$task
}

finish_build() { finish_task "$build_task" || fail_with_log "the build failed" "$build_log"; }

build_solution() {
  cd "$repository" || return
  flock artifacts/build.lock dotnet build PnlPipeline.sln -c Release -v quiet --disable-build-servers >"$1" 2>&1
}
