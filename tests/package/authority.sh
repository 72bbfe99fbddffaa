#!/usr/bin/env bash
# An authority for certificates that runs in the box: Debian's pebble. Sourced by `life`, whose words it uses.
# shellcheck disable=SC2154 # they are set in `life`

make_authority() {
    local papers=$work/papers
    mkdir -p "$papers"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 300 -subj "/CN=authority of a test" \
        -addext keyUsage=critical,keyCertSign,cRLSign -keyout "$papers/root.key" -out "$papers/root.pem" &&
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -keyout "$papers/own.key" \
            -out "$papers/own.request" &&
        openssl x509 -req -in "$papers/own.request" -CA "$papers/root.pem" -CAkey "$papers/root.key" -CAcreateserial \
            -days 300 -extfile <(echo "subjectAltName = DNS:localhost") -out "$papers/own.pem" || return 1
    # Of the same authority, for those who bring their own.
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" -keyout "$papers/site.key" -out "$papers/site.request" &&
        openssl x509 -req -in "$papers/site.request" -CA "$papers/root.pem" -CAkey "$papers/root.key" -CAcreateserial \
            -days 300 -extfile <(echo "subjectAltName = DNS:$name") -out "$papers/site.pem" || return 1
    cat >"$papers/pebble.json" <<'JSON'
{"pebble": {"listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000",
 "certificate": "/mnt/papers/own.pem", "privateKey": "/mnt/papers/own.key", "httpPort": 80, "tlsPort": 443,
 "ocspResponderURL": "", "externalAccountBindingRequired": false, "certificateValidityPeriod": 7776000}}
JSON
    chmod -R a+rX "$papers"
}
authority_answers() { get --cacert "$work/papers/root.pem" https://localhost:15000/roots/0 -o "$work/issuer.pem" -f; }
start_authority() {
    in_box systemd-run --quiet --unit test-names pebble-challtestsrv -dns01 127.0.0.1:8053 \
        -http01 127.0.0.1:8081 -https01 127.0.0.1:8082 -tlsalpn01 127.0.0.1:8083 -management 127.0.0.1:8084 \
        -defaultIPv4 127.0.0.1 -defaultIPv6= &&
        in_box systemd-run --quiet --unit test-authority -E PEBBLE_VA_NOSLEEP=1 -E PEBBLE_WFE_NONCEREJECT=0 \
            -E PEBBLE_AUTHZREUSE=0 pebble -dnsserver 127.0.0.1:8053 -config /mnt/papers/pebble.json &&
        within 20 authority_answers
}
trust_authority() {
    in_box mkdir -p /etc/foodswap && in_box cp /mnt/papers/root.pem /etc/foodswap/authority.pem &&
        write /etc/foodswap/conf.d/20-authority.toml <<'TOML'
[acme]
directory = "https://localhost:14000/dir"
ca_roots = "/etc/foodswap/authority.pem"
TOML
}
preseed() { printf 'foodswap foodswap/%s\n' "$@" | in_box debconf-set-selections; }
is_secure() { secure_get -f -o /dev/null "https://$name/"; }
sends_to_https() { [ "$(get -o /dev/null -w '%{redirect_url}' -H "Host: $name" http://localhost/about)" = "https://$name/about" ]; }
