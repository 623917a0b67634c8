# shellcheck shell=bash
# What run and test say, and how.

if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
  bold=$'\e[1m' red=$'\e[31m' plain=$'\e[0m'
else
  bold='' red='' plain=''
fi
# A terminal has one line of progress, that other lines take the place of; a log has a line of it now and then.
if [[ -t 1 && ${TERM:-dumb} != dumb ]]; then progress_line=$'\r\e[K'; else progress_line=''; fi

# Where errors go, also from where our own standard error is turned off.
exec {errors}>&2

say() { printf '%s%s==>%s %s\n' "$progress_line" "$bold" "$plain" "$*"; }

# complain: an error that does not end the program; fail: one that does.
complain() { printf '%s%serror:%s %s\n' "$progress_line" "$red" "$plain" "$*" >&"$errors"; }
fail() { complain "$@"; exit 1; }

# show_last_lines FILE [COUNT]: the end of a log, indented, so that it reads as a quotation.
show_last_lines() {
  [[ -s $1 ]] || { echo "    (nothing in $1)" >&"$errors"; return 0; }
  tail -n "${2:-25}" "$1" | sed 's/^/    /' >&"$errors"
}

# fail_with_log MESSAGE FILE
fail_with_log() {
  complain "$1; the end of $2:"
  show_last_lines "$2"
  exit 1
}

# --- What goes on in the background -------------------------------------------------------------------------------

# progress_begin DIRECTORY PART...: from now on, until progress_end, the parts are shown as far as they have come.
progress_begin() {
  progress_parts=("${@:2}") progress_begun=$SECONDS
  rm -rf "$1"
  mkdir -p "$1"
  # For what we start, too.
  export PNL_PROGRESS=$1
  show_progress &
  progress_pid=$!
}

# progress PART TEXT: how far that part is; where nobody shows it, nothing.
progress() { [[ -z ${PNL_PROGRESS:-} ]] || printf '%s\n' "$2" >"$PNL_PROGRESS/$1"; }

progress_end() {
  [[ -n ${PNL_PROGRESS:-} ]] || return 0
  unset PNL_PROGRESS
  kill "$progress_pid" 2>/dev/null
  wait "$progress_pid" 2>/dev/null
  printf '%s' "$progress_line"
}

show_progress() {
  local part line text told='' tell_at=$((SECONDS + 5)) width
  declare -A last
  release_lock
  trap 'exit' TERM
  trap '' INT HUP
  # As long as there is somebody to show it to.
  while kill -0 $$ 2>/dev/null; do
    printf -v line '    %3d s' $((SECONDS - progress_begun))
    for part in "${progress_parts[@]}"; do
      text=''
      { read -r text <"$PNL_PROGRESS/$part"; } 2>/dev/null
      # Nothing in it: it is being written.
      [[ -z $text ]] || last[$part]=$text
      [[ -z ${last[$part]:-} ]] || line+=" | $part: ${last[$part]}"
    done
    if [[ -n $progress_line ]]; then
      width=$(stty size 2>/dev/null <&1)
      width=${width#* }
      printf '%s%s' "$progress_line" "${line:0:${width:-80}-1}"
    elif ((SECONDS >= tell_at)) && [[ ${line#*|} != "${told#*|}" ]]; then
      echo "$line"
      told=$line tell_at=$((SECONDS + 10))
    fi
    sleep 0.5
  done
}
