#!/bin/sh
# fleet-parallel: fleets that GNU parallel runs: on this machine, and over ssh on two hosts, which are
# two ssh servers on loopback with keys of their own. One of them dies with all that it runs, in the
# middle: its shards run on the other. It ends only what it has started.
set -eu
program=$1
PATH=$PATH:/usr/sbin
for name in parallel ssh sshd ssh-keygen pgrep; do
  command -v $name >/dev/null && continue
  echo "skipped: there is no $name (./dev deps --fleet installs it)"
  exit 77
done
work=$(mktemp -d)
pids=

# A process and all below it.
tree() {
  echo "$1"
  for child in $(pgrep -P "$1"); do tree "$child"; done
}

finish() {
  status=$?
  trap - EXIT
  # shellcheck disable=SC2046 # numbers
  for pid in $pids; do kill -9 $(tree "$pid") 2>/dev/null || :; done
  [ $status -eq 0 ] || [ $status -eq 77 ] || tail -n 20 "$work"/*.err 2>/dev/null || :
  rm -rf "$work"
  exit $status
}
trap finish EXIT
trap 'exit 1' HUP INT PIPE TERM

fail() {
  echo "failed: $1"
  exit 1
}

# Waits until a command says yes, for a minute.
until_true() {
  tries=0
  until eval "$1"; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] || fail "this did not come true: $1"
    sleep 0.2
  done
}

# Without the times.
stable() { sed '/"machine"/,$d' "$1"; }

# start_host NAME PORT: an ssh server; its number is in server_NAME.
start_host() {
  ssh-keygen -q -t ed25519 -N '' -f "$work/host_$1"
  cat >"$work/sshd_$1" <<CONF
Port $2
ListenAddress 127.0.0.1
HostKey $work/host_$1
AuthorizedKeysFile $work/key.pub
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
PermitRootLogin prohibit-password
MaxStartups 100
CONF
  cat >>"$work/ssh_config" <<CONF
Host $1
  HostName 127.0.0.1
  Port $2
  IdentityFile $work/key
  IdentitiesOnly yes
  BatchMode yes
  LogLevel ERROR
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
CONF
  "$(command -v sshd)" -D -e -f "$work/sshd_$1" >"$work/sshd_$1.err" 2>&1 &
  pids="$pids $!"
  eval "server_$1=$!"
}

cd "$work"
command='fuzz reentry/* --seed 7 --seeds 20000'
"$program" $command --json >alone.json 2>alone.err || fail "one process says otherwise"
stable alone.json >alone
[ -s alone ] || fail "the report has no head"

"$program" fleet --on parallel --shards 4 -j 2 --out here --json -- $command >here.json 2>here.err ||
  fail "the exit status of the fleet on this machine is $?"
stable here.json | cmp - alone || fail "the fleet's report is not the one of one process"

[ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd
ssh-keygen -q -t ed25519 -N '' -f "$work/key"
port=$((30000 + $$ % 10000))
start_host a $port
start_host b $((port + 1))
export PARALLEL_SSH="ssh -F $work/ssh_config"
for host in a b; do
  tries=0
  until $PARALLEL_SSH $host true 2>"ssh_$host.err"; do
    tries=$((tries + 1))
    [ $tries -lt 30 ] || { echo "skipped: this machine lets nobody in by ssh" && exit 77; }
    sleep 0.2
  done
done

"$program" fleet --on parallel --sshlogin a,b --shards 8 -j 2 --json -- $command \
  >far.json 2>far.err &
fleet=$!
pids="$pids $fleet"
# shellcheck disable=SC2154 # set by start_host
shards_on_b() { for pid in $(tree "$server_b"); do
  cat "/proc/$pid/cmdline" 2>/dev/null | tr '\0' ' ' | grep -o -e '--shard [0-9]*' || :
done; }
until_true '[ "$(shards_on_b | sort -u | wc -l)" = 2 ]'
shards_on_b >lost
# shellcheck disable=SC2046 # numbers
kill -9 $(tree "$server_b") 2>/dev/null || :
wait "$fleet" || fail "the fleet's exit status is $?"
for shard in $(sed -n 's/--shard //p' lost | sort -u); do
  [ -e "results/$shard-of-8.shard" ] || fail "shard $shard is lost"
done
[ -z "$(ls results | grep -E 'progress$|log$' || :)" ] || fail "something was left in results"
stable far.json | cmp - alone || fail "the fleet's report is not the one of one process"
echo "eight shards on two hosts, one of them killed: the report of one process"
