# shellcheck shell=bash
# What run and test say, and how.

if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
  bold=$'\e[1m' red=$'\e[31m' plain=$'\e[0m'
else
  bold='' red='' plain=''
fi

# Where errors go, also from where our own standard error is turned off.
exec {errors}>&2

say() { printf '%s==>%s %s\n' "$bold" "$plain" "$*"; }

# complain: an error that does not end the program; fail: one that does.
complain() { printf '%serror:%s %s\n' "$red" "$plain" "$*" >&"$errors"; }
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
