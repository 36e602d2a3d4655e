#!/bin/bash
# engine-stop.sh DIR
#
# Stops the engine that engine-start.sh started in DIR, with its containers and networks, unmounts what it left and
# deletes DIR. The link docker0 stays. Does nothing where no engine runs; safe to call twice.
set -euo pipefail
[ $# -eq 1 ] || { echo "usage: engine-stop.sh DIR" >&2; exit 2; }
[ -d "$1" ] || exit 0
dir=$(cd "$1" && pwd)

if [ -s "$dir/docker.pid" ]; then
  export DOCKER_HOST="unix://$dir/docker.sock"
  # By the engine itself: a network's bridge would stay on the machine.
  docker ps -aq | xargs -r docker rm -fv >/dev/null || :
  docker network prune -f >/dev/null || :
  pid=$(cat "$dir/docker.pid")
  kill "$pid" 2>/dev/null || :
  for _ in $(seq 1 300); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null || :
fi

# Innermost first; dockerd leaves run/netns/default, and a killed one its containers' file systems too.
awk -v dir="$dir/" 'index($2, dir) == 1 { print $2 }' /proc/self/mounts | sort -r | while read -r mount; do
  umount "$mount" || umount -l "$mount"
done
rm -rf "$dir"
