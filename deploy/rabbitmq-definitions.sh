#!/usr/bin/env bash
# Prints the definitions that give RabbitMQ the virtual host and the accounts of the system, each with no more rights than it
# needs; passwords stand in them as salted hashes only. RabbitMQ reads them when it starts (load_definitions), or:
#   deploy/rabbitmq-definitions.sh | rabbitmqctl import_definitions
# From the environment: PNL_NAME, the virtual host, and the first part of the services' account names; RABBITMQ_INGEST_PASSWORD,
# RABBITMQ_WORKER_PASSWORD, RABBITMQ_QUERY_PASSWORD; RABBITMQ_PASSWORD for an administrator called admin, or nothing for none.
set -euo pipefail

name=${PNL_NAME:?set it to the virtual host}
[[ $name =~ ^[A-Za-z0-9_]+$ ]] || { echo "PNL_NAME takes letters, digits and _" >&2; exit 1; }

# RabbitMQ's own form: base64 of a salt of four bytes and the SHA-256 of salt and password.
hash() {
  local salt digest
  salt=$(od -An -N2 -tx1 /dev/urandom | tr -d ' \n')
  digest=$(printf '%s%s' "$salt" "$1" | sha256sum | cut -c 1-64)
  # shellcheck disable=SC2059
  { printf '%s' "$salt"; printf "$(sed 's/../\\x&/g' <<<"$digest")"; } | base64 -w 0
}

account() { # NAME PASSWORD TAGS
  printf '{"name":"%s","password_hash":"%s","hashing_algorithm":"rabbit_password_hashing_sha256","tags":"%s"}' "$1" "$(hash "$2")" "$3"
}

rights() { # NAME CONFIGURE WRITE READ
  printf '{"user":"%s","vhost":"%s","configure":"%s","write":"%s","read":"%s"}' "$1" "$name" "${2//\\/\\\\}" "${3//\\/\\\\}" "${4//\\/\\\\}"
}

# The exchanges of the messages are called PnlPipeline.Contracts:NAME. Ingest publishes two kinds of message, alerts also by the partition of
# their stream, and can neither make, read, empty nor delete anything.
ingest='^(PnlPipeline\.Contracts:(AlertsReceived|AlertRejected)|pairing-partitions)$'
# The query API publishes by MassTransit, which declares the exchange of what it publishes, and reads the stream of news, into which it puts
# marks of its own by the default exchange. That one leads to every queue by its name.
query='^(PnlPipeline\.Contracts:.*|news)$'
query_write='^(PnlPipeline\.Contracts:.*|news|amq\.default)$'
# The worker owns the queues: it declares, binds and empties them. Nothing else lives in this virtual host.
worker='.*'

users=$(account "${name}_ingest" "${RABBITMQ_INGEST_PASSWORD:?}" ''),$(account "${name}_worker" "${RABBITMQ_WORKER_PASSWORD:?}" ''),$(account "${name}_query" "${RABBITMQ_QUERY_PASSWORD:?}" '')
permissions=$(rights "${name}_ingest" '^$' "$ingest" '^$'),$(rights "${name}_worker" "$worker" "$worker" "$worker"),$(rights "${name}_query" "$query" "$query_write" "$query")
if [[ -n ${RABBITMQ_PASSWORD:-} ]]; then
  users+=,$(account admin "$RABBITMQ_PASSWORD" administrator)
  permissions+=,$(rights admin '.*' '.*' '.*')
fi
printf '{"vhosts":[{"name":"%s"}],"users":[%s],"permissions":[%s]}\n' "$name" "$users" "$permissions"
