#!/bin/sh
# fleet-slurm: a fleet on a Slurm cluster of three nodes, all of them on this machine's loopback. The
# fleet's own command is killed and resumed, the controller is stopped and started again, and then a
# node is killed, while shards run there: nothing may be lost, and nothing counted twice. It ends only
# what it has started.
set -eu
program=$1
for name in munged slurmctld slurmd sbatch squeue scancel scontrol; do
  PATH=$PATH:/usr/sbin command -v $name >/dev/null && continue
  echo "skipped: there is no $name (./dev deps --fleet installs it)"
  exit 77
done
PATH=$PATH:/usr/sbin
work=$(mktemp -d)
export SLURM_CONF="$work/slurm.conf"
pids=

# The processes of shards on a node, with Slurm's own above them. They are known by what Slurm puts
# into their environment.
on_node() {
  for environment in $(grep -lzs "^SLURM_CONF=$SLURM_CONF\$" /proc/[0-9]*/environ); do
    grep -qzs "^SLURMD_NODENAME=$1\$" "$environment" || continue
    pid=${environment#/proc/}
    pid=${pid%/environ}
    parent=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$pid/status" 2>/dev/null || :)
    case $(tr '\0' ' ' <"/proc/$parent/cmdline" 2>/dev/null || :) in
    slurmstepd*) echo "$pid $parent" ;;
    *) echo "$pid" ;;
    esac
  done
}

finish() {
  status=$?
  trap - EXIT
  # shellcheck disable=SC2046,SC2086 # numbers
  kill -9 $pids $(on_node n0) $(on_node n1) $(on_node n2) 2>/dev/null || :
  if [ $status -ne 0 ]; then
    tail -n 20 "$work"/*.err "$work"/log/* 2>/dev/null || :
  fi
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

start_controller() {
  slurmctld -D >>"$work/slurmctld.err" 2>&1 &
  controller=$!
  pids="$pids $controller"
}

start_cluster() {
  port=$((20000 + $$ % 10000))
  user=$(id -un)
  mkdir -p "$work/state" "$work/spool/n0" "$work/spool/n1" "$work/spool/n2" "$work/log" "$work/run"
  chmod 755 "$work" "$work/run"
  dd if=/dev/urandom bs=1 count=1024 of="$work/munge.key" 2>/dev/null
  chmod 400 "$work/munge.key"
  cat >"$SLURM_CONF" <<CONF
ClusterName=loop
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$work/run/munge.sock
CredType=cred/munge
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdTimeout=10
KillWait=2
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool/%n
SlurmctldPidFile=$work/run/slurmctld.pid
SlurmctldLogFile=$work/log/slurmctld
SlurmdPidFile=$work/run/slurmd.%n.pid
SlurmdLogFile=$work/log/%n
NodeName=n[0-2] NodeHostname=localhost NodeAddr=127.0.0.1 Port=[$((port + 1))-$((port + 3))] CPUs=2 RealMemory=1000
PartitionName=main Nodes=n[0-2] Default=YES State=UP
CONF
  munged --foreground --force --key-file="$work/munge.key" --socket="$work/run/munge.sock" \
    --pid-file="$work/run/munged.pid" --log-file="$work/log/munged" \
    --seed-file="$work/run/munged.seed" --num-threads=2 >"$work/munged.err" 2>&1 &
  pids="$pids $!"
  until_true '[ -S "$work/run/munge.sock" ]'
  start_controller
  for node in n0 n1 n2; do
    slurmd -D -N $node >"$work/$node.err" 2>&1 &
    pids="$pids $!"
    [ $node != n1 ] || daemon=$!
  done
  until_true '[ "$(sinfo -h -t idle -o %D 2>/dev/null)" = 3 ]'
}

# Without the times.
stable() { sed '/"machine"/,$d' "$1"; }
running() { squeue -h -r -t R -o %N | grep -c "$1" || :; }

cd "$work"
start_cluster
command='fuzz reentry/* --seed 7 --seeds 20000'

"$program" fleet --on slurm --shards 8 -q -- $command >fleet.out 2>fleet.err &
fleet=$!
pids="$pids $fleet"
until_true '[ "$(running n1)" = 2 ] && [ -e results/3-of-8.progress ]'
# They shall be in the middle of their work when the node dies, however fast this machine is.
# shellcheck disable=SC2046 # numbers
kill -STOP $(on_node n1) 2>/dev/null || :
kill -9 "$fleet"
"$program" fleet --resume results --json >merged.json 2>resumed.err &
fleet=$!
pids="$pids $fleet"
until_true 'grep -q "in Slurm.s queue already" resumed.err'
kill "$controller"  # so that it saves what it knows
wait "$controller" || :
until_true 'grep -q "Slurm does not answer" resumed.err'
start_controller
until_true 'grep -q "Slurm answers again" resumed.err'
[ "$(running n1)" = 2 ] || fail "the shards on n1 have ended too early to be killed"
# The node dies: its daemon and all that it has started.
# shellcheck disable=SC2046 # numbers
kill -9 "$daemon" $(on_node n1) 2>/dev/null || :
until_true 'grep -q "was lost: it ran on n1; Slurm runs it again" resumed.err'
# Slurm waits two minutes before it runs a task again, unless it is told not to.
for job in $(squeue -h -r -t PD -o %A); do scontrol update JobId="$job" StartTime=now; done
wait "$fleet" || fail "the fleet's exit status is $?"
[ "$(ls results/*.shard | wc -l)" = 8 ] || fail "there are not eight results"
[ -z "$(ls results | grep -E 'progress$|log$' || :)" ] || fail "something was left in results"
squeue -h -r | grep . && fail "something was left in the queue"

"$program" $command --json >alone.json 2>alone.err || fail "one process says otherwise"
stable merged.json >merged
stable alone.json >alone
[ -s alone ] || fail "the report has no head"
cmp merged alone || fail "the fleet's report is not the one of one process"
echo "eight shards on three nodes, one of them killed: the report of one process"
