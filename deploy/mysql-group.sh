#!/usr/bin/env bash
# Keeps MySQL servers together as a group: forms it where none of them is in one, and has a server join that came back.
# Runs for as long as they do, once for all of them.
# From the environment: PNL_GROUP_MEMBERS, host:port of each, separated by spaces; PNL_GROUP_USER and MYSQL_PWD, an
# account that may do everything on all of them.
set -uo pipefail

read -ra members <<<"${PNL_GROUP_MEMBERS:?set it to host:port of each server, separated by spaces}"
: "${PNL_GROUP_USER:?}" "${MYSQL_PWD:?}"
declare -A state role
# Of the account that members read each other by: MySQL takes 32 characters.
replication_password=$(sha256sum <<<"replication $MYSQL_PWD" | cut -c 1-32)
said=''

say() { printf '%(%H:%M:%S)T %s\n' -1 "$*"; }

# ask MEMBER SECONDS <<<SQL
ask() {
  timeout "$2" mysql --no-defaults --protocol=TCP --host="${1%:*}" --port="${1##*:}" --user="$PNL_GROUP_USER" \
    --connect-timeout=3 --batch --raw --skip-column-names
}

look() {
  local member
  for member in "${members[@]}"; do
    state[$member]=AWAY role[$member]=''
    read -r "state[$member]" "role[$member]" < <(ask "$member" 5 2>/dev/null <<<"
      SELECT member_state, member_role FROM performance_schema.replication_group_members
      WHERE member_id IN ('', @@server_uuid)") || state[$member]=AWAY
  done
}

# How many are in one of these states; AWAY is one that does not answer.
count() {
  local member found=0
  for member in "${members[@]}"; do
    [[ " $* " != *" ${state[$member]} "* ]] || found=$((found + 1))
  done
  echo "$found"
}

# start MEMBER ON|OFF: ON where it begins a group rather than join one. The password is never an argument.
start() {
  local fault
  # Still read-only, but for this account; and nothing of it is replicated.
  fault=$(ask "$1" 60 2>&1 <<<"
    STOP GROUP_REPLICATION;
    SET GLOBAL super_read_only = OFF;
    SET SESSION sql_log_bin = OFF;
    CREATE USER IF NOT EXISTS replication IDENTIFIED BY '$replication_password';
    ALTER USER replication IDENTIFIED BY '$replication_password';
    GRANT REPLICATION SLAVE, CONNECTION_ADMIN, BACKUP_ADMIN ON *.* TO replication;
    SET SESSION sql_log_bin = ON;
    SET GLOBAL super_read_only = ON;
    SET GLOBAL group_replication_bootstrap_group = $2;
    START GROUP_REPLICATION USER = 'replication', PASSWORD = '$replication_password';")
  # Left on, a later start would begin a second group.
  ask "$1" 5 >/dev/null 2>&1 <<<"SET GLOBAL group_replication_bootstrap_group = OFF"
  [[ -z $fault ]] || say "$1 does not start yet: ${fault//$'\n'/; }"
}

# What a server has committed, and what it has received and will commit.
transactions_of() {
  ask "$1" 5 2>/dev/null <<<"
    SELECT TRIM(BOTH ',' FROM REPLACE(CONCAT(@@GLOBAL.gtid_executed, ',', IFNULL((
      SELECT received_transaction_set FROM performance_schema.replication_connection_status
      WHERE channel_name = 'group_replication_applier'), '')), '\n', ''))"
}

# Prints the member that has all that any of them has.
find_newest() {
  local member other
  declare -A transactions
  for member in "${members[@]}"; do transactions[$member]=$(transactions_of "$member") || return; done
  for member in "${members[@]}"; do
    for other in "${members[@]}"; do
      [[ $(ask "$member" 5 2>/dev/null \
        <<<"SELECT GTID_SUBSET('${transactions[$other]}', '${transactions[$member]}')") == 1 ]] || continue 2
    done
    echo "$member"
    return
  done
  return 1
}

tell() {
  local member seen=''
  for member in "${members[@]}"; do seen+="$member ${state[$member]}${role[$member]:+ ${role[$member]}}, "; done
  [[ $seen != "$said" ]] || return 0
  said=$seen
  say "${seen%, }"
  [[ $(count ONLINE) != "${#members[@]}" ]] || say "All of them are in the group"
}

while :; do
  look
  tell
  if (($(count ONLINE) > 0)); then
    for member in "${members[@]}"; do
      [[ ${state[$member]} != @(OFFLINE|ERROR) ]] || start "$member" OFF
    done
  elif (($(count OFFLINE ERROR) == ${#members[@]})); then
    # Every one has been asked, and none of them is in a group: only then can there be no other.
    if newest=$(find_newest); then
      say "$newest has all that was committed, and begins the group"
      start "$newest" ON
    else
      say "No server has all that the others have; the group is not formed"
    fi
  fi
  if (($(count ONLINE) == ${#members[@]})); then pause=3; else pause=1; fi
  sleep "$pause"
done
