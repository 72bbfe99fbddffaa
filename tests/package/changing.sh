#!/usr/bin/env bash
# What is claimed of the service when it changes: its name, its version, its machine, its end. Sourced by `life`, whose words
# it uses.
# shellcheck disable=SC2154 # they are set in `life`

takes_no_wrong_name() {
    preseed 'domains string https://swap.example/' 'contact string admin@swap.example'
    in_box dpkg-reconfigure --frontend=noninteractive foodswap && refuses in_box test -e /etc/foodswap/conf.d/10-debconf.toml &&
        get -f http://localhost/healthz
}
becomes_https() {
    preseed "domains string $name" 'contact string admin@swap.example'
    trust_authority && in_box dpkg-reconfigure --frontend=noninteractive foodswap && within 30 is_secure
}
keeps_what_a_person_wrote() {
    in_box sed -i 's/^domains = .*/&\nchallenge = "http-01"/' /etc/foodswap/conf.d/10-debconf.toml
    in_box sed -i 's/^contact = .*/contact = "somebody@swap.example"/' /etc/foodswap/conf.d/10-debconf.toml
    in_box dpkg-reconfigure --frontend=noninteractive foodswap &&
        in_box foodswap config show --origin | grep 'acme.contact = "somebody@swap.example"' &&
        in_box foodswap config show --origin | grep 'acme.challenge = "http-01"' && within 10 is_secure
}
other_tables_are_no_answers() {
    local file=/etc/foodswap/conf.d/10-debconf.toml before
    printf '\n[web]\ncontact = "desk@swap.example"\n' | in_box sh -c "cat >>$file"
    before=$(in_box sha256sum "$file")
    in_box dpkg-reconfigure --frontend=noninteractive foodswap && [ "$(in_box sha256sum "$file")" = "$before" ] &&
        in_box debconf-show foodswap | grep 'foodswap/contact: somebody@swap.example$'
}
load() {
    local enter=". '$here/box.sh'; box $box" watch status
    publish "$(key second)" "$PACKAGES/$after" && apt update || return 1
    watch_memory &
    watch=$!
    # Behind the others: it takes all that the machine has to spare.
    net "$box" nice -n 10 python3 "$here/load.py" "$work/issuer.pem" "$name" 20 \
        "bash -c \"$enter systemctl restart foodswap.service\"" \
        "bash -c \"$enter apt-get -qy install foodswap\"" "$(version_of "$before")" "$(version_of "$after")"
    status=$?
    kill $watch
    figure "memory under load, at most: $(sort -n "$work/memory" | tail -1) KiB" >>"$work/figures"
    return $status
}
# What the program takes, once a second.
watch_memory() {
    while sleep 1; do in_box sh -c 'sed -n "s/^Pss: *\([0-9]*\) kB/\1/p" /proc/$(pidof -s foodswap)/smaps_rollup'; done >"$work/memory" 2>/dev/null
}
version_of() { dpkg-deb -f "$PACKAGES/$1" Version; }
survives_reboot() {
    local before_t=$1 serial_t=$2
    box_reboot "$box" && within 20 is_secure && products_are "$before_t" && [ "$(serial)" = "$serial_t" ] &&
        in_box foodswap config show --origin | grep 'acme.contact = "somebody@swap.example"'
}

# No version writes newer data than this one: such data is put in the place of the running site's, which goes on with its own.
older_program_refuses_newer_data() {
    in_box sh -ec 'cp -a /var/lib/foodswap /srv/newer && runuser -u foodswap -- /opt/packages/newer_store /srv/newer up &&
        mv /var/lib/foodswap/store /srv/store-before && mv /srv/newer/store /var/lib/foodswap/' && get -f http://localhost/healthz || return 1
    visitors &
    local visitors=$!
    apt install --allow-downgrades "/opt/packages/$before" >"$work/downgrade.log" 2>&1
    cat "$work/downgrade.log"
    sleep 2
    kill $visitors
    grep 'THE SITE IS DOWN' "$work/downgrade.log" && grep 'layout.*install the version that wrote it' "$work/downgrade.log" &&
        grep "Install the version before again ($(version_of "$after"))" "$work/downgrade.log" || return 1
    in_box systemctl status --no-pager foodswap.service
    within 10 has_given_up && within 10 says_doctor '^WRONG *service: .*exit code 65.*layout' && in_box systemctl is-active foodswap.socket foodswap-https.socket
}
# Nothing keeps them away, and so the program is tried again and again.
visitors() { while :; do get --max-time 1 -o /dev/null http://localhost/; sleep 0.1; done; }
has_given_up() { state StatusText | grep '^exit code 65: .*layout'; }
# What stands for the other version must have the data to itself.
newer_program_takes_its_data_again() {
    in_box systemctl stop foodswap.socket foodswap-https.socket foodswap.service
    in_box runuser -u foodswap -- /opt/packages/newer_store /var/lib/foodswap down && apt install foodswap &&
        within 10 products_are "$1" && within 10 is_secure
}

removes_and_keeps_data() {
    apt remove foodswap && refuses get http://localhost/ && in_box test -d /var/lib/foodswap/store/people &&
        in_box test -e /etc/foodswap/conf.d/10-debconf.toml && refuses in_box systemctl cat foodswap.service
}
reinstalls_onto_data() {
    apt install foodswap && within 10 products_are "$1" && within 10 is_secure && [ "$(serial)" = "$2" ]
}
takes_answers_after_removal() {
    apt remove foodswap && preseed 'contact string other@swap.example' && apt install foodswap &&
        in_box foodswap config show --origin | grep 'acme.contact = "other@swap.example"' && within 10 is_secure
}
purge_keeps_what_cannot_be_had_again() {
    apt purge foodswap && in_box test -d /var/lib/foodswap/store/people && refuses in_box test -e /var/lib/foodswap/catalogue &&
        refuses in_box test -e /var/lib/foodswap/store/catalogue && in_box test -e /etc/foodswap/conf.d/20-authority.toml &&
        refuses in_box test -e /etc/foodswap/conf.d/10-debconf.toml
}
certificate_is_found_again() {
    preseed "domains string $name"
    apt install foodswap && within 10 is_secure && [ "$(serial)" = "$1" ]
}
purge_leaves_nothing() {
    preseed 'purge-everything boolean true'
    in_box rm -rf "$own_folder"
    apt purge foodswap || return 1
    in_box find / -xdev \( -path /proc -o -path /sys -o -path /mnt -o -path /run/systemd/journal \) -prune -o -iname '*foodswap*' -print |
        grep -vE '^/(var/(cache|lib)/apt/|var/lib/dpkg/info/foodswap-archive|usr/share/(keyrings|doc|lintian/overrides)/foodswap-archive|etc/apt/sources.list.d/)' >"$work/left"
    cat "$work/left"
    [ ! -s "$work/left" ] && refuses in_box getent passwd foodswap && refuses in_box getent group foodswap &&
        refuses in_box grep -rl foodswap /etc --exclude-dir=apt --exclude='*-' && ! in_box debconf-show foodswap | grep .
}
# An image is made like that, or a container.
starts_nothing_without_systemd() {
    in_box unshare --mount sh -ec 'mount -t tmpfs tmpfs /run/systemd; apt-get -qy install foodswap' </dev/null >"$work/install.log" 2>&1
    cat "$work/install.log"
    grep 'nothing was started: no systemd runs here' "$work/install.log" && ! grep 'on port 80' "$work/install.log" && apt purge foodswap
}
is_https_at_once() {
    trust_authority && follows 'Install on a server' 3 && within 30 is_secure && sends_to_https
}
# Its folder cannot go; what is in it can.
empties_a_disk_of_its_own() {
    preseed 'purge-everything boolean true'
    in_box sh -ec 'mkdir -p /var/lib/foodswap && mount -t tmpfs -o mode=755 tmpfs /var/lib/foodswap' && apt install foodswap &&
        within 10 get -f http://localhost/healthz && in_box test -d /var/lib/foodswap/store/people && apt purge foodswap &&
        in_box mountpoint /var/lib/foodswap && [ -z "$(in_box find /var/lib/foodswap -mindepth 1)" ] && refuses in_box getent passwd foodswap
    local status=$?
    in_box sh -c 'umount /var/lib/foodswap && rmdir /var/lib/foodswap'
    return $status
}
measure() {
    local process
    process=$(state MainPID)
    figure "installed: $(in_box dpkg-query -W -f '${Installed-Size}' foodswap) KiB, $(stat -c %s "$PACKAGES/$after") bytes to load"
    figure "start to ready: $((($(state ActiveEnterTimestampMonotonic) - $(state InactiveExitTimestampMonotonic)) / 1000)) ms"
    figure "processes: $(in_box ps -u foodswap --no-headers | wc -l); memory: $(in_box awk '/^Pss:|^Pss_Anon:/ {printf "%s %d KiB  ", $1, $2}' "/proc/$process/smaps_rollup")"
}
