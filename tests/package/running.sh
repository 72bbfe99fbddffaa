#!/usr/bin/env bash
# What is claimed of the installed service while it runs. Sourced by `life`, whose words it uses.
# shellcheck disable=SC2154 # they are set in `life`

units_are_right() {
    in_box systemctl is-active foodswap.socket foodswap-https.socket foodswap.service &&
        in_box systemctl is-enabled foodswap.socket foodswap-https.socket foodswap.service &&
        [ "$(in_box systemctl is-system-running)" = running ]
}
units_are_understood() {
    in_box systemd-analyze verify --man=no --recursive-errors=no foodswap.service foodswap.socket foodswap-https.socket >"$work/verify" 2>&1 &&
        ! grep -i foodswap "$work/verify"
}
unit_is_tight() { in_box systemd-analyze security --threshold=15 --no-pager foodswap.service; }
has_pages_and_completions() {
    local files
    files=$(in_box dpkg -L foodswap)
    for file in /usr/share/man/man1/foodswap.1.gz /usr/share/bash-completion/completions/foodswap \
        /usr/share/zsh/vendor-completions/_foodswap /usr/share/fish/vendor_completions.d/foodswap.fish \
        /usr/share/doc/foodswap/foodswap.cdx.json /usr/share/doc/foodswap/README.Debian; do
        grep -x "$file" <<<"$files" || { echo "no $file"; return 1; }
    done
}
files_are_private() {
    [ "$(in_box stat -c '%U %a' /var/lib/foodswap)" = "foodswap 750" ] &&
        [ "$(in_box stat -c '%U %a' /var/lib/foodswap/store/people)" = "foodswap 700" ] &&
        [ -z "$(in_box find /var/lib/foodswap -not -user foodswap -o -type f -perm /077)" ]
}
status_says_how_it_is() { state StatusText | grep '^[0-9]* .*catalogue'; }
# `null` does not know that it is in a box of its own.
passes_autopkgtest() { in_box autopkgtest --no-built-binaries --ignore-restrictions=isolation-container /mnt/source -- null; }
command_finds_the_site() { in_box foodswap search 'cola 1' | grep 'Cola 1'; }

imports_while_serving() {
    local asked status
    python3 - >"$work/products.jsonl" <<'PYTHON'
import json
for number in range(20_000):
    code = f"30000{number:07d}"
    code += str(-sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(code)) % 10)
    print(json.dumps({"code": code, "product_name": f"Cola {number}", "lang": "en", "categories_tags": ["en:beverages", "en:colas"],
                      "nutrition_data_per": "100g", "nutriments": {"energy-kj_100g": 180, "sugars_100g": 10 + number % 5,
                      "fat_100g": 0, "saturated-fat_100g": 0, "salt_100g": 0, "proteins_100g": 0, "fiber_100g": 0}}))
PYTHON
    # Only root can read it: the command opens it and hands it over.
    in_box install -m 600 /mnt/products.jsonl /srv/products.jsonl
    # Not through a function, or else its number would be that of a shell around it.
    ip netns exec "$box" sh -c 'while :; do curl -sS --max-time 20 -o /dev/null -w "%{http_code}\n" http://localhost/search?q=cola; done' \
        >"$work/asked" 2>&1 &
    asked=$!
    in_box foodswap import /srv/products.jsonl
    status=$?
    kill $asked
    wait $asked 2>/dev/null
    sort "$work/asked" | uniq -c
    [ $status -eq 0 ] && [ "$(grep -c '^200$' "$work/asked")" -gt 0 ] && ! grep -v '^200$' "$work/asked"
}
good_file() { in_box rm -f /etc/foodswap/conf.d/99-bad.toml; }
bad_file() { printf '[front]\nhtpp = []\n' | write /etc/foodswap/conf.d/99-bad.toml; }
check_refuses_bad_file() {
    local refusal
    bad_file
    refusal=$(in_box foodswap config check 2>&1)
    [ $? -eq 78 ] && grep 'front.htpp: unknown key; did you mean `http`?' <<<"$refusal" &&
        says_doctor '^unsure *service: it runs with the configuration from before'
}
reload_refuses_bad_file() {
    local process
    process=$(state MainPID)
    refuses in_box systemctl reload foodswap.service && [ "$(state MainPID)" = "$process" ] && version_is "$(installed)"
}
upgrade_spares_bad_file() {
    local process
    process=$(state MainPID)
    apt install --reinstall foodswap && [ "$(state MainPID)" = "$process" ] && version_is "$(installed)" && good_file &&
        in_box systemctl reload foodswap.service
}
upgrade_spares_bad_unit() {
    local process
    process=$(state MainPID)
    printf '[Service]\nEnvironment=FOODSWAP_LOG__LEVEL=loud\n' | write /etc/systemd/system/foodswap.service.d/bad.conf
    apt install --reinstall foodswap >"$work/upgrade.log" 2>&1
    in_box rm -r /etc/systemd/system/foodswap.service.d
    in_box systemctl daemon-reload
    cat "$work/upgrade.log"
    grep 'log.level: `loud` is no level' "$work/upgrade.log" && [ "$(state MainPID)" = "$process" ] && version_is "$(installed)" &&
        in_box systemctl reload foodswap.service
}
restart_with_bad_file_fails() {
    local from
    bad_file
    from=$(in_box date '+%F %T')
    refuses in_box systemctl restart foodswap.service && [ "$(state ExecMainStatus)" = 78 ] && [ "$(state ActiveState)" = failed ] || return 1
    in_box journalctl --sync
    in_box journalctl -u foodswap.service --no-pager -o cat --since "$from" | grep 'front.htpp: unknown key' &&
        says_doctor '^WRONG *service: it ended with exit code 78: front.htpp: unknown key'
}
all_is_back() { version_is "$(installed)" && in_box systemctl is-active foodswap.socket foodswap-https.socket foodswap.service; }
bad_file_is_mended_by_a_restart() {
    restart_with_bad_file_fails && good_file && in_box systemctl restart foodswap.service && within 5 all_is_back
}
# Visitors have it tried again and again meanwhile: that must not use up what systemd allows.
bad_file_is_mended_for_visitors() {
    restart_with_bad_file_fails || return 1
    for _ in $(seq 30); do get --max-time 0.2 http://localhost/healthz >/dev/null 2>&1; done
    # For two tries more.
    refuses get --max-time 12 http://localhost/healthz && in_box systemctl is-active foodswap.socket foodswap-https.socket && good_file &&
        within 10 all_is_back
}
# Root can look into it, so that `config check` finds nothing.
settings_that_are_not_seen_are_refused() {
    in_box chmod 700 /etc/foodswap/conf.d
    refuses in_box systemctl reload foodswap.service && in_box journalctl --sync &&
        in_box journalctl -u foodswap.service --no-pager -o cat | grep '/etc/foodswap/conf.d: this folder cannot be read'
    local status=$?
    in_box chmod 755 /etc/foodswap/conf.d
    in_box systemctl reload foodswap.service && return $status
}
installed() { in_box dpkg-query -W -f '${Version}' foodswap; }

# How long the machine lets it wait is not the program's doing.
survives_kill() {
    local process best=9999 began took
    for _ in 1 2 3; do
        process=$(state MainPID)
        in_box kill -9 "$process"
        began=$(date +%s%N)
        get --retry 0 -f http://localhost/healthz || return 1
        took=$((($(date +%s%N) - began) / 1000000))
        echo "answered after $took ms"
        [ "$(state MainPID)" != "$process" ] || return 1
        [ $took -ge $best ] || best=$took
    done
    figure "kill -9 to the next answer: $best ms" >>"$work/figures"
    [ $best -lt 1000 ]
}
# Stopped, the process holds its sockets and answers nobody: only the watchdog can tell.
survives_hang() {
    local process
    process=$(state MainPID)
    in_box kill -STOP "$process"
    refuses get --max-time 2 -f http://localhost/healthz || return 1
    within 60 another_process_than "$process" && get -f http://localhost/healthz &&
        in_box journalctl --sync && in_box journalctl -u foodswap.service --no-pager -o cat | grep -i 'watchdog'
}
another_process_than() { [ "$(state MainPID)" != "$1" ] && [ "$(state ActiveState)" = active ]; }
# The unit as it is, but for what it runs.
sandbox() {
    local python
    prepare_sandbox
    python=$(in_box realpath /usr/bin/python3)
    in_box sed -e 's|^ExecStart=.*|ExecStart=/usr/bin/python3 /opt/sandbox.py|' -e 's|^Type=.*|Type=oneshot|' \
        -e '/^Watchdog/d; /^Restart/d; /^Sockets/d; /^ExecReload/d' \
        -e "s|^ExecPaths=|ExecPaths=$python /usr/lib/${python##*/} |" /usr/lib/systemd/system/foodswap.service |
        write /run/systemd/system/test-sandbox.service
    in_box systemctl daemon-reload
    in_box systemctl start test-sandbox.service
    in_box journalctl --sync
    in_box journalctl --no-pager -o cat _SYSTEMD_UNIT=test-sandbox.service
}
prepare_sandbox() {
    write /opt/sandbox.py <"$here/sandbox.py"
    in_box sh -ec 'install -d -m 1777 /srv/anybodys && touch /tmp/of-others /var/tmp/of-others'
}
no_sandbox() {
    prepare_sandbox
    in_box runuser -u foodswap -- python3 /opt/sandbox.py bare
}
