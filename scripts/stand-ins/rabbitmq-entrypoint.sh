#!/bin/bash
# The RabbitMQ image's entrypoint, as far as we rely on it: the server runs as its own user, whoever starts it.
set -eu

if [[ $1 == rabbitmq-server && $(id -u) == 0 ]]; then
  find /var/lib/rabbitmq ! -user rabbitmq -exec chown rabbitmq {} +
  exec setpriv --reuid=rabbitmq --regid=rabbitmq --init-groups -- "$0" "$@"
fi
exec "$@"
