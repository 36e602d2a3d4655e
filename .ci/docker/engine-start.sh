#!/bin/bash
# engine-start.sh DIR [dockerd options]
#
# Starts a Docker engine of its own for one CI run. Everything it keeps is under DIR, and the machine's firewall
# and IP forwarding stay as they are: ports are published on 127.0.0.1 only, containers of one network reach each
# other by name, and no container has a way out.
#
# Needs root and the package docker.io. Prints the engine's version as soon as it answers, or its log if it does not.
#   use:   export DOCKER_HOST=unix://DIR/docker.sock
#   stop:  engine-stop.sh DIR
set -euo pipefail
[ $# -ge 1 ] || { echo "usage: engine-start.sh DIR [dockerd options]" >&2; exit 2; }
mkdir -p "$1"
dir=$(cd "$1" && pwd)
shift

setsid nohup dockerd \
  --data-root "$dir/data" --exec-root "$dir/run" --pidfile "$dir/docker.pid" -H "unix://$dir/docker.sock" \
  --iptables=false --ip6tables=false --ip-masq=false --ip-forward=false --ip 127.0.0.1 \
  --log-level warn "$@" >"$dir/dockerd.log" 2>&1 </dev/null &

export DOCKER_HOST="unix://$dir/docker.sock"
for _ in $(seq 1 300); do
  if version=$(docker version -f '{{.Server.Version}}' 2>/dev/null); then
    echo "engine $version"
    exit 0
  fi
  sleep 0.1
done
cat "$dir/dockerd.log" >&2
exit 1
