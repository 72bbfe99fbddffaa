#!/usr/bin/env bash
# The repository that a box installs from: made, tampered with, its key exchanged. Sourced by `life`, whose words it uses.
# shellcheck disable=SC2154 # they are set in `life`

export GNUPGHOME=$work/gnupg FOODSWAP_ARCHIVE_URL=http://127.0.0.1:8070
key() { gpg --batch --list-keys --with-colons "$1" | awk -F: '/^fpr/ {print $10; exit}'; }
# apt asks for what is newer, by the second.
publish() {
    sleep 1
    FOODSWAP_ARCHIVE_KEYS=$1 "$project/debian/publish" "$work/repository" "${@:2}"
}
make_repository() {
    mkdir -m 700 "$GNUPGHOME" || return 1
    for owner in first second stranger; do
        gpg --batch --quiet --passphrase '' --quick-gen-key "$owner key of a test" ed25519 sign 0 || return 1
    done
    publish "$(key first)" "$PACKAGES/$before"
}
# As a release does it: each publishes from a folder that knows nothing, and what is published before goes on.
goes_on_from_an_empty_folder() {
    local target=$work/kept keys
    keys="$(key first) $(key second)"
    export FOODSWAP_ARCHIVE_TARGET=$target
    mkdir "$target" && release "$keys" "$PACKAGES/$before" && keyrings "$target" >"$work/keyring.before" || return 1
    # Other content under the same number.
    dpkg-deb --raw-extract "$PACKAGES/$before" "$work/other" && echo other >"$work/other/usr/share/doc/foodswap/other" &&
        dpkg-deb -Zgzip --root-owner-group --build "$work/other" "$work/$before" && refuses release "$keys" "$work/$before" &&
        release "$keys" "$PACKAGES/$after" && keyrings "$target" | diff "$work/keyring.before" - &&
        grep "^Version: $(version_of "$after")$" "$target/public/dists/stable/main/binary-$(dpkg --print-architecture)/Packages" &&
        gpg --batch --verify "$target/public/dists/stable/InRelease" 2>&1 | grep -c 'Good signature' | grep -x 2 &&
        FOODSWAP_ARCHIVE_TARGET=$work/nowhere && refuses release "$keys" "$PACKAGES/$after"
    local status=$?
    unset FOODSWAP_ARCHIVE_TARGET
    return $status
}
keyrings() { find "$1/public/pool" -name 'foodswap-archive-keyring_*'; }
release() {
    rm -rf "$work/released"
    FOODSWAP_ARCHIVE_KEYS=$1 "$project/debian/publish" "$work/released" "${@:2}"
}
install_sources() {
    apt remove --purge "foodswap*" >/dev/null 2>&1
    in_box sh -c 'rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/* /var/lib/apt/lists/*'
    get http://127.0.0.1:8070/foodswap-archive-keyring.gpg | write /usr/share/keyrings/foodswap-archive-keyring.gpg &&
        get http://127.0.0.1:8070/foodswap.sources | write /etc/apt/sources.list.d/foodswap.sources && apt update
}
# apt ends well although it kept the old lists: what counts is that it says so, why, and learns of nothing new.
update_is_refused() {
    in_box sh -c 'rm -rf /var/lib/apt/lists/*'
    apt update -o APT::Update::Error-Mode=any >"$work/update" 2>&1 && return 1
    cat "$work/update"
    grep -E "$1" "$work/update" || return 1
    ! in_box apt-cache show foodswap 2>/dev/null | grep '^Version: '
}
tampered_index_is_refused() {
    local index status
    index=$work/repository/public/dists/stable/main/binary-$(dpkg --print-architecture)/Packages
    cp -r "$work/repository/public/dists" "$work/dists"
    sed -i 's/^Description: .*/Description: something else/' "$index" && rm "$index".*
    update_is_refused 'unexpected size|Hash Sum mismatch'
    status=$?
    rm -r "$work/repository/public/dists" && mv "$work/dists" "$work/repository/public/dists"
    return $status
}
tampered_package_is_refused() {
    local deb status
    deb=$(echo "$work"/repository/public/pool/main/f/foodswap/foodswap_*_"$(dpkg --print-architecture)".deb)
    cp "$deb" "$work/kept.deb"
    printf X | dd of="$deb" bs=1 seek=100000 conv=notrunc status=none
    in_box sh -c 'rm -f /var/cache/apt/archives/*.deb'
    apt update && refuses apt install foodswap >"$work/install" 2>&1 && grep 'Hash Sum mismatch' "$work/install"
    status=$?
    cat "$work/kept.deb" >"$deb"
    return $status
}
foreign_key_is_refused() {
    local status
    gpg --batch --export "$(key stranger)" | write /usr/share/keyrings/foodswap-archive-keyring.gpg
    update_is_refused 'NO_PUBKEY|Missing key|not signed'
    status=$?
    get http://127.0.0.1:8070/foodswap-archive-keyring.gpg | write /usr/share/keyrings/foodswap-archive-keyring.gpg
    return $status
}
keys_are_exchanged() {
    publish "$(key first) $(key second)" "$PACKAGES/$before" && apt update -o APT::Update::Error-Mode=any && apt install foodswap-archive-keyring &&
        publish "$(key second)" "$PACKAGES/$before" && apt update -o APT::Update::Error-Mode=any && apt install foodswap-archive-keyring &&
        [ "$(in_box sha256sum /usr/share/keyrings/foodswap-archive-keyring.gpg | cut -d' ' -f1)" = \
            "$(gpg --batch --export "$(key second)" | sha256sum | cut -d' ' -f1)" ]
}
