# shellcheck shell=bash
# A container engine for the tests of the containers: Docker's where one answers, else one of our own from Debian's packages.
#
#   engine_start DIRECTORY
#       finds or starts one; what it leaves behind for this checkout alone is in DIRECTORY. Exports PNL_DOCKER, a command like docker for it,
#       or PNL_ENGINE_MISSING, a sentence that says what is missing. What is to see the ports of its containers is started by "${engine_inside[@]}".
#   engine_stop
#       stops what engine_start started.
#
# Call them from the main shell, not from a subshell: the engine ends with the shell that started it.

# shellcheck source=scripts/engine-debian.sh
source "$repository/scripts/engine-debian.sh"

engine_kind='' engine_inside=()
export PNL_DOCKER='' PNL_ENGINE_MISSING=''

engine_start() {
  engine_directory=$1
  mkdir -p "$engine_directory"
  if docker_answers; then
    engine_kind=docker PNL_DOCKER=docker
    say "Containers: by Docker"
  elif ! engine_debian_is_possible; then
    PNL_ENGINE_MISSING="No container engine: $docker_missing; and $engine_debian_missing."
  else
    engine_kind=debian
    say "Containers: an engine of Debian's packages, in $engine_root"
    engine_debian_start
  fi
}

engine_stop() {
  [[ $engine_kind != debian ]] || engine_debian_stop
  engine_kind='' engine_inside=()
}
