# shellcheck shell=bash
# A container engine on a Debian or Ubuntu without one, as root: Docker's packages in a folder outside the repository, made once, and what the
# engine keeps beside it. It runs in namespaces of its own (mounts, processes, network): its bridges and rules are nobody else's, it does
# not answer on the machine's socket, and with its first process everything that it started is gone. One at a time on a machine.
#
# It reaches no registry of images for certain, so the base images are stand-ins: the servers' folder (servers-debian.sh) with this machine's
# .NET and Node.js, and entrypoints that do what our compose file relies on (stand-ins/).

engine_root=${PNL_ENGINE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/pnlpipeline/engine}

# Fails where there cannot be one, and says why in engine_debian_missing.
engine_debian_is_possible() {
  engine_debian_missing=''
  if ! debian_is_possible; then
    engine_debian_missing="to start one of Debian's packages takes root on Debian or Ubuntu, and the right to mount"
  elif [[ ! -c /dev/net/tun ]]; then
    engine_debian_missing="to start one of Debian's packages takes /dev/net/tun"
  elif [[ -n $(page_lacks) ]]; then
    engine_debian_missing="the image of the page cannot be made: $(page_lacks)"
  fi
  [[ -z $engine_debian_missing ]]
}

engine_debian_start() {
  local started=$SECONDS log=$engine_root/root.log
  mkdir -p "$engine_root"
  # Held by the engine's processes too: it is free when the last of them is gone.
  exec {engine_lock}>"$engine_root/lock"
  flock --nonblock "$engine_lock" || { say "Waiting for another run that uses the engine"; interruptibly flock "$engine_lock"; }
  debian_require_tools
  [[ -d $debian_root ]] || interruptibly debian_provision || fail_with_log "installing MySQL and RabbitMQ failed" "$debian_root.log"
  if [[ ! -d $engine_root/root ]]; then
    say "Installing it: 0.4 GB, once (log: $log)"
    interruptibly engine_debian_unpack "$engine_root/root.partial" >"$log" 2>&1 || fail_with_log "installing the engine failed" "$log"
  fi
  engine_debian_launch
  engine_debian_stand_ins
  say "The engine is there after $((SECONDS - started)) s"
}

engine_debian_unpack() { # FOLDER
  local root=$1
  debian_unpack "$root" docker.io docker-cli docker-compose docker-buildx iptables iproute2 mount slirp4netns || return
  ln -s iptables-nft "$root/usr/sbin/iptables"
  ln -s ip6tables-nft "$root/usr/sbin/ip6tables"
  mkdir -p "$root/srv"/{dotnet,node,certificates,zones} "$root/var/lib/docker"
  touch "$root/etc/resolv.conf"
  # Where docker looks for the engine.
  rm -rf "$root/var/run" && ln -s /run "$root/var/run"
  mv "$root" "$engine_root/root"
}

# --- The engine -------------------------------------------------------------------------------------------------

# Becomes the engine: in mounts of its own, with the folder as its root; the checkout is where it is outside, so that paths mean the same.
# shellcheck disable=SC2016
engine_debian_outer='
  set -e
  root=$1 data=$2 directory=$3 repository=$4 dotnet=$5 node=$6 npm=$7 inner=$8
  mount --bind "$root" "$root"
  mount --rbind /dev "$root/dev"
  mount --rbind /proc "$root/proc"
  mount -t tmpfs -o mode=755 engine "$root/run"
  mkdir "$root/run/cgroup" "$root/run/outside"
  mount --rbind /sys/fs/cgroup "$root/run/cgroup"
  mount -t tmpfs -o mode=1777 engine "$root/tmp"
  mkdir -p "$root$repository"
  mount --bind "$data" "$root/var/lib/docker"
  mount --bind "$repository" "$root$repository"
  mount --bind -o ro "$dotnet" "$root/srv/dotnet"
  mount --bind -o ro /etc/ssl/certs "$root/srv/certificates"
  mount --bind -o ro /usr/share/zoneinfo "$root/srv/zones"
  mount -t tmpfs engine "$root/srv/node"
  mkdir "$root/srv/node/npm"
  touch "$root/srv/node/node"
  mount --bind -o ro "$node" "$root/srv/node/node"
  mount --bind -o ro "$npm" "$root/srv/node/npm"
  echo "nameserver 10.0.2.3" >"$root/run/resolv.conf"
  mount --bind "$root/run/resolv.conf" "$root/etc/resolv.conf"
  # Layers of builds, and what they have downloaded, are kept for the next, up to this.
  echo "{ \"builder\": { \"gc\": { \"enabled\": true, \"defaultKeepStorage\": \"4GB\" } } }" >"$root/run/daemon.json"
  cd "$root"
  pivot_root . run/outside
  umount -l /run/outside

  # Neither outlives this shell, however it ends; and with its first process the kernel ends all that are in the namespace.
  setpriv --pdeathsig KILL unshare --net --pid --mount-proc --fork --kill-child bash -c "$inner" engine &
  unshared=$!
  until first=$(pgrep --parent "$unshared"); do kill -0 "$unshared"; sleep 0.02; done
  setpriv --pdeathsig KILL slirp4netns --configure --mtu=65520 --disable-host-loopback "$first" tap0 &
  network=$!
  trap "kill -TERM $first" TERM
  echo "$first" >"$directory/engine.first"
  while kill -0 "$unshared" 2>/dev/null; do wait "$unshared" || true; done
  kill "$network" 2>/dev/null || true'

# shellcheck disable=SC2016
engine_debian_inner='
  # Of this network, not the one outside.
  mount -t sysfs engine /sys
  mount --rbind /run/cgroup /sys/fs/cgroup
  ip link set lo up
  dockerd --host unix:///run/docker.sock --data-root /var/lib/docker --exec-root /run/docker --pidfile /run/docker.pid \
    --cgroup-parent /pnlpipeline-engine --config-file /run/daemon.json &
  daemon=$!
  trap "kill -TERM $daemon" TERM
  # It is also the one that orphans fall to.
  while kill -0 "$daemon" 2>/dev/null; do wait "$daemon"; done'

engine_debian_launch() {
  local log=$engine_directory/engine.log deadline=$((SECONDS + 60)) first
  mkdir -p "$engine_root/data"
  rm -f "$engine_directory/engine.first"
  (become unshare --mount --propagation private bash -c "$engine_debian_outer" engine "$engine_root/root" "$engine_root/data" "$engine_directory" \
    "$repository" "$(engine_dotnet)" "$(readlink -f "$(command -v node)")" "$(npm root --global)/npm" "$engine_debian_inner") >"$log" 2>&1 &
  engine_pid=$!
  remember_process "$engine_directory/engine.pid" "$engine_pid"
  PNL_DOCKER=$engine_directory/docker
  while :; do
    if [[ -s $engine_directory/engine.first ]]; then
      first=$(<"$engine_directory/engine.first")
      engine_inside=(nsenter --target "$first" --net --)
      printf '#!/bin/sh\n# Written at each start: docker for the engine of this folder.\nexec nsenter --target %s --mount --net --pid -- docker "$@"\n' \
        "$first" >"$PNL_DOCKER"
      chmod 700 "$PNL_DOCKER"
      "$PNL_DOCKER" info >/dev/null 2>&1 && break
    fi
    remembered_process "$engine_directory/engine.pid" >/dev/null || fail_with_log "the engine ended while starting" "$log"
    ((SECONDS < deadline)) || fail_with_log "the engine does not answer after 60 s" "$log"
    sleep 0.2
  done
  # Left by a run that was killed.
  engine_debian_empty
}

engine_debian_empty() {
  local containers
  containers=$("$PNL_DOCKER" ps --all --quiet)
  # shellcheck disable=SC2086
  [[ -z $containers ]] || "$PNL_DOCKER" rm --force $containers >/dev/null
  "$PNL_DOCKER" volume prune --all --force >/dev/null
  "$PNL_DOCKER" network prune --force >/dev/null
}

engine_debian_stop() {
  [[ -e $engine_directory/engine.pid ]] || return 0
  # Of the images that are no longer the newest nothing is kept but what the next build can use.
  "$PNL_DOCKER" image prune --force >/dev/null 2>&1
  stop_remembered 30 "$engine_directory/engine.pid"
  # Empty ones, left by the kernel's first version of them; those of others have other names.
  find /sys/fs/cgroup -depth -type d -path '*/pnlpipeline-engine*' -exec rmdir {} + 2>/dev/null
  exec {engine_lock}>&-
}

# --- Base images ------------------------------------------------------------------------------------------------

# Where the SDK is: the command on the PATH may be a script.
engine_dotnet() { dotnet --list-sdks | sed -n 's|.*\[\(.*\)/sdk\]$|\1|p' | tail -n 1; }

# What the stand-ins are made of: when that changes, they are made again.
engine_stand_ins_of() {
  {
    stat --format %Y "$debian_root/etc/passwd"
    dotnet --list-runtimes
    dotnet --list-sdks
    node --version
    cat "$repository"/scripts/stand-ins/*
  } 2>/dev/null | sha256sum | cut -d ' ' -f 1
}

engine_debian_stand_ins() {
  local made_of log=$engine_directory/stand-ins.log
  made_of=$(engine_stand_ins_of)
  [[ $(cat "$engine_root/data/stand-ins" 2>/dev/null) != "$made_of" ]] || return 0
  say "Making the base images (log: $log)"
  interruptibly engine_make_stand_ins >"$log" 2>&1 || fail_with_log "the base images could not be made" "$log"
  echo "$made_of" >"$engine_root/data/stand-ins"
}

engine_make_stand_ins() {
  local name target
  tar --directory "$debian_root" --create --one-file-system --exclude './usr/share/doc/*' --exclude './usr/share/man/*' \
    --exclude './var/cache/*' --exclude './var/lib/apt/*' . | "$PNL_DOCKER" import - pnlpipeline-debian || return
  while read -r target name; do
    "$PNL_DOCKER" build --target "$target" --tag "$name" --build-context machine-dotnet=/srv/dotnet --build-context machine-node=/srv/node \
      --build-context machine-certificates=/srv/certificates --build-context machine-zones=/srv/zones \
      --build-arg NUGET_CERT_REVOCATION_MODE="${NUGET_CERT_REVOCATION_MODE:-online}" \
      "$repository/scripts/stand-ins" || return
  done <<'END'
mysql mysql:9.7
rabbitmq rabbitmq:4
sdk mcr.microsoft.com/dotnet/sdk:10.0
aspnet mcr.microsoft.com/dotnet/aspnet:10.0
node node:22-slim
END
}
