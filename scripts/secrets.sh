# shellcheck shell=bash
# Secrets: made once from the kernel's random numbers, kept in a file only its owner may read, never in arguments.

# Letters and digits only: they stand in URLs, configuration and SQL without quoting.
random_secret() {
  local secret=''
  while ((${#secret} < 40)); do
    secret+=$(head -c 64 /dev/urandom | base64 -w 0 | LC_ALL=C tr -dc 'A-Za-z0-9')
  done
  echo "${secret:0:40}"
}

# load_secrets FILE NAME...: sets the variables from FILE, after adding to it what it does not have yet.
load_secrets() {
  local file=$1 name
  shift
  [[ -e $file ]] || (umask 077 && : >"$file")
  for name; do
    grep -q "^$name=" "$file" || echo "$name=$(random_secret)" >>"$file"
    printf -v "$name" '%s' "$(sed -n "s/^$name=//p" "$file")"
  done
}
