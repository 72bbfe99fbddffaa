#!/usr/bin/env bash
# What the README and systemd/examples tell an operator to do, done. Sourced by `life`, whose words it uses.
# shellcheck disable=SC2154 # they are set in `life`

# Where an operator has put the packages.
own_folder=/srv/own
# Runs them in the box, to the first that fails. Whoever sits there says yes where apt asks whether to go on.
follows() {
    readme "$@" | sed "s/foodswap_NEW_amd64.deb/$after/; s/foodswap_OLD_amd64.deb/$before/" >"$work/commands"
    [ -s "$work/commands" ] || return 1
    cat "$work/commands"
    in_box sh -ec "mkdir -p $own_folder; cp -u /opt/packages/*.deb $own_folder/; cd $own_folder; $(cat "$work/commands")" <<<y
}

units_folder=/etc/systemd/system
examples_folder=/usr/share/doc/foodswap/examples
# The commands that an example names in its comments.
says_example() { in_box sed -n 's/^#     //p' "$examples_folder/$1.conf"; }
use_example() { in_box sh -ec "mkdir -p $units_folder/$2.d && cp $examples_folder/$1.conf $units_folder/$2.d/ && systemctl daemon-reload && systemctl restart $2"; }
forget_example() { in_box sh -ec "rm -r $units_folder/$2.d && systemctl daemon-reload && systemctl restart $2" && within 10 get -f http://localhost/healthz; }

# A visitor whom the proxy names is one of many, each with an allowance; the machine itself has none to tell of.
is_behind_a_proxy() {
    follows 'Behind a proxy of your own' && within 10 get -f http://127.0.0.1:8000/healthz &&
        get -o /dev/null -D - -H 'X-Forwarded-For: 198.51.100.7' http://127.0.0.1:8000/ | grep -i '^ratelimit:' &&
        refuses get http://127.0.0.1/healthz && refuses net "$box" curl -sk --max-time 5 https://127.0.0.1/
}
is_its_own_front_again() {
    follows 'Behind a proxy of your own' 2 && within 10 get -f http://localhost/healthz && in_box rmdir $units_folder/foodswap.socket.d &&
        in_box systemctl is-active foodswap.socket foodswap-https.socket foodswap.service
}
# What the README says of the symptom: told from systemd's own sockets, and mended by the commands that it names.
tells_of_another_program() {
    in_box systemctl stop foodswap.socket foodswap-https.socket foodswap.service
    in_box systemd-run --quiet --unit test-other python3 -m http.server 80 && within 10 get -f -o /dev/null http://localhost/ &&
        refuses in_box systemctl start foodswap.service && says_doctor '^WRONG *port 80: .*another program'
    local status=$?
    in_box systemctl stop test-other.service
    in_box systemctl restart foodswap.socket foodswap && within 5 get -f http://localhost/healthz && says_doctor '^good *service:' && return $status
}
has_other_ports() {
    in_box sh -ec "mkdir -p $units_folder/foodswap.socket.d && cp $examples_folder/ports.conf $units_folder/foodswap.socket.d/; $(says_example ports)" && net "$box" ip address add 192.0.2.1/32 dev lo && within 10 get -f http://192.0.2.1:8080/healthz &&
        refuses get http://127.0.0.1/healthz
}
has_usual_ports_again() {
    net "$box" ip address del 192.0.2.1/32 dev lo
    in_box sh -ec "rm -r $units_folder/foodswap.socket.d; $(says_example ports)" && within 10 get -f http://localhost/healthz
}
# Both ways that operators are told.
outlives_many_changes() {
    in_box sh -ec "for _ in \$(seq 5); do $(says_example ports)
        systemctl restart foodswap.socket foodswap; done" && get -f http://localhost/healthz &&
        in_box systemctl is-active foodswap.socket foodswap-https.socket foodswap.service
}
has_memory_limit() {
    use_example memory foodswap.service && [ "$(state MemoryMax)" = $((900 << 20)) ] && forget_example memory foodswap.service
}
# Refused in words without the drop-in, and then as the drop-in says.
keeps_data_elsewhere() {
    local status
    in_box sh -ec "$(says_example data-elsewhere)" && refuses in_box systemctl restart foodswap.service &&
        in_box journalctl --sync && in_box journalctl -u foodswap.service --no-pager -o cat | grep 'ReadWritePaths=/srv/foodswap' &&
        use_example data-elsewhere foodswap.service && within 10 get -f http://localhost/healthz &&
        in_box test -d /srv/foodswap/store && says_doctor 'generic foods' &&
        in_box systemctl stop foodswap.socket foodswap-https.socket foodswap.service && refuses in_box foodswap doctor && says_doctor '^WRONG *service:'
    status=$?
    in_box systemctl start foodswap.socket foodswap-https.socket
    in_box rm -rf /etc/foodswap/conf.d/data.toml /srv/foodswap
    forget_example data-elsewhere foodswap.service && return $status
}
has_own_certificate() {
    in_box mkdir -p /etc/ssl/swap.example
    write /etc/ssl/swap.example/chain.pem <"$work/papers/site.pem"
    write /etc/ssl/swap.example/key.pem <"$work/papers/site.key"
    in_box chmod 600 /etc/ssl/swap.example/key.pem
    use_example own-certificate foodswap.service &&
        within 10 net "$box" curl -fsS --cacert "$work/papers/root.pem" --resolve "$name:443:127.0.0.1" -o /dev/null "https://$name/" &&
        says_doctor "^good *certificate: for $name" && in_box systemctl reload foodswap.service
}
status_tells_of_the_key() { state StatusText | grep "key.pem: Permission denied .*; let the service's user read it"; }
# Root can read it, so that `config check` finds it good.
tells_of_a_key_that_root_alone_reads() {
    local status
    in_box chmod 644 /etc/ssl/swap.example/chain.pem
    printf '[front]\ncertificate = { chain = "/etc/ssl/swap.example/chain.pem", key = "/etc/ssl/swap.example/key.pem" }\n' |
        write /etc/foodswap/conf.d/own.toml
    in_box foodswap config check && says_doctor "^WRONG *files: /etc/ssl/swap.example/key.pem: permission denied to the service's user" &&
        refuses in_box systemctl restart foodswap.service && within 10 status_tells_of_the_key &&
        in_box sh -ec 'chgrp foodswap /etc/ssl/swap.example/key.pem && chmod 640 /etc/ssl/swap.example/key.pem' &&
        within 15 secure_get -f --cacert "$work/papers/root.pem" -o /dev/null "https://$name/" && refuses says_doctor ' files: '
    status=$?
    in_box rm /etc/foodswap/conf.d/own.toml
    in_box systemctl restart foodswap.service && return $status
}
# Whatever else it finds: a box has no name server.
says_doctor() {
    in_box foodswap doctor >"$work/doctor"
    grep "$1" "$work/doctor"
}
keeps_secrets_encrypted() {
    printf '[web]\npublisher = "the keeper of secrets"\n' | write /srv/secrets.toml
    in_box sh -ec 'mkdir -p /etc/credstore.encrypted && systemd-creds encrypt --name=foodswap.toml /srv/secrets.toml /etc/credstore.encrypted/foodswap.toml' &&
        use_example secrets foodswap.service && within 10 shows_page /legal 'the keeper of secrets' &&
        in_box systemctl reload foodswap.service &&
        refuses in_box grep -r 'the keeper' /etc/credstore.encrypted
    local status=$?
    in_box rm -r /etc/credstore.encrypted /srv/secrets.toml
    forget_example secrets foodswap.service && return $status
}

upgrade_keeps_the_answers() {
    local file=/etc/foodswap/conf.d/10-debconf.toml spelled
    in_box cp "$file" /srv/answers.toml
    in_box sed -i -e "s/^domains = .*/domains = ['$name'] # the site/" -e 's/^contact = "\(.*\)"/contact = "mailto:\1" # me/' "$file"
    spelled=$(in_box sha256sum "$file")
    apt install --reinstall foodswap && [ "$(in_box sha256sum "$file")" = "$spelled" ] && within 10 is_secure
    local status=$?
    in_box mv /srv/answers.toml "$file"
    in_box systemctl restart foodswap.service
    return $status
}
# By files, as whoever has no repository does it.
goes_back_and_forth() {
    follows 'Upgrade, downgrade, remove' 2 && within 10 version_is "$(version_of "$before")" && products_are "$1" &&
        follows 'Upgrade, downgrade, remove' 1 && within 10 version_is "$(version_of "$after")" && products_are "$1"
}
# What a person types whom apt asks: names that are none first.
typed() {
    write /opt/typed.py <"$here/typed.py"
    in_box sh -ec "cd $own_folder; exec python3 /opt/typed.py \"\$@\"" _ "$@"
}
asks_and_is_https() {
    trust_authority && typed 'Names of the site: ' 'swap example' 'Names of the site: ' "$name" 'certificate authority: ' admin@swap.example \
        -- sh -ec "$(readme 'Install on a server' 2)" && within 30 is_secure &&
        in_box foodswap config show --origin | grep 'acme.contact = "admin@swap.example"'
}
asks_before_it_removes() {
    typed 'too? ' "$1" -- apt-get -y purge foodswap
}
keeps_if_told_so() { asks_before_it_removes no && in_box test -d /var/lib/foodswap/store/people; }
removes_if_told_so() { asks_before_it_removes yes && refuses in_box test -e /var/lib/foodswap; }
# A disk: a dump and a taxonomy, as Open Food Facts calls them.
takes_in_what_a_disk_brings() {
    in_box sh -ec 'mkdir -p /media && gzip -c /srv/products.jsonl >/media/openfoodfacts-products.jsonl.gz' || return 1
    write /media/categories.full.json <<'JSON'
{"en:beverages": {"name": {"en": "Beverages"}}, "en:colas": {"name": {"en": "Colas", "fr": "Colas"}, "parents": ["en:beverages"]}}
JSON
    follows 'Without a way out' && products_are 20000 && secure_get -f "https://$name/search?q=cola" | grep '</html>'
}
restores_a_backup() {
    follows 'Move to another machine' 1 &&
        in_box systemctl start foodswap.socket foodswap-https.socket foodswap.service &&
        in_box sh -ec 'head -n 3 /srv/products.jsonl >/srv/few.jsonl && foodswap import --force /srv/few.jsonl' && products_are 3 &&
        follows 'Move to another machine' 2 && within 10 products_are "$1" && within 10 is_secure && [ "$(serial)" = "$2" ] &&
        in_box rm $own_folder/foodswap.tar.gz
}
