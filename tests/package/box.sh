#!/usr/bin/env bash
# Sourced: boxes, which are whole Debian systems with systemd as their first process, on a machine that may have another
# one. Each has a file system of its own over a shared one, a network with nobody else in it, and its own control group.
# Needs root, systemd-container, iproute2 and the folder $BOXES.
#
#   box_up NAME ROOT [ARGUMENTS OF systemd-nspawn]   box NAME COMMAND…   net NAME COMMAND…   box_reboot NAME   box_down NAME

# How long a box may take to start, in tenths of a second.
BOX_PATIENCE=600

# systemd-nspawn wants to register boxes with the machine's systemd, which need not be there; it wants one tree of control
# groups of version 2; and it ends with 133 when the box wants to start again.
box_up() {
    local name=$1 root=$2
    shift 2
    mkdir -p "$BOXES/$name"/{upper,work,root}
    ip netns add "$name" && ip -n "$name" link set lo up || return 1
    # shellcheck disable=SC2016 # the variables are those of the inner shell
    unshare --mount --propagation private bash -c '
        folder=$1 root=$2 name=$3
        shift 3
        mkdir -p /run/systemd/nspawn && mount -t tmpfs tmpfs /run/systemd/nspawn
        umount -R /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup
        mkdir -p "/sys/fs/cgroup/box-$name" && echo $$ >"/sys/fs/cgroup/box-$name/cgroup.procs"
        mount -t overlay overlay -o "lowerdir=$root,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
        # or else it is the name of this machine, and the box takes that for its own
        rm -f "$folder/root/etc/hostname"
        trap "kill -TERM \$nspawn" TERM
        while :; do
            systemd-nspawn --quiet --directory="$folder/root" --machine="$name" --boot --register=no --keep-unit \
                --console=read-only "$@" &
            nspawn=$!
            echo $nspawn >"$folder/nspawn"
            wait $nspawn
            status=$?
            while kill -0 $nspawn 2>/dev/null; do
                wait $nspawn
                status=$?
            done
            [ $status = 133 ] || exit $status
        done
    ' _ "$BOXES/$name" "$root" "$name" --network-namespace-path="/run/netns/$name" "$@" \
        </dev/null >"$BOXES/$name/console" 2>&1 &
    echo $! >"$BOXES/$name/pid"
    box_wait "$name"
}

# The first process of a box, as this machine numbers it.
box_leader() {
    local nspawn
    nspawn=$(cat "$BOXES/$1/nspawn" 2>/dev/null) || return 1
    awk '{print $1}' "/proc/$nspawn/task/$nspawn/children" 2>/dev/null
}

# Runs a command in a box, in minutes at most: two boxes and a slow machine make apt wait. Claims have times of their own.
box() {
    local leader
    leader=$(box_leader "$1")
    [ -n "$leader" ] || return 1
    shift
    nsenter --target "$leader" --mount --uts --ipc --net --pid --root --wd -- env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive timeout 300 "$@"
}

# Runs a command of this machine in the network of a box.
net() { ip netns exec "$1" "${@:2}"; }

box_wait() {
    local state
    for _ in $(seq "$BOX_PATIENCE"); do
        state=$(box "$1" systemctl is-system-running 2>/dev/null)
        case $state in running | degraded) return 0 ;; esac
        sleep 0.1
    done
    echo "the box $1 did not start: ${state:-it is not there}" >&2
    tail -5 "$BOXES/$1/console" >&2
    return 1
}

box_reboot() {
    local before now
    before=$(box_leader "$1")
    box "$1" systemctl reboot 2>/dev/null
    for _ in $(seq "$BOX_PATIENCE"); do
        now=$(box_leader "$1")
        [ -z "$now" ] || [ "$now" = "$before" ] || break
        sleep 0.1
    done
    box_wait "$1"
}

box_down() {
    local outer
    outer=$(cat "$BOXES/$1/pid" 2>/dev/null) || return 0
    kill -TERM "$outer" 2>/dev/null
    for _ in $(seq 100); do
        kill -0 "$outer" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL "$outer" "$(cat "$BOXES/$1/nspawn" 2>/dev/null)" 2>/dev/null
    find "/sys/fs/cgroup/unified/box-$1" "/sys/fs/cgroup/box-$1" -depth -type d -exec rmdir {} + 2>/dev/null
    ip netns del "$1" 2>/dev/null
    rm -rf --one-file-system "${BOXES:?}/$1"
}
