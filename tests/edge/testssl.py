"""Judges what testssl.sh found: tests/edge/testssl.py FINDINGS.json, one line per check, then `N passed, N failed`.

testssl.sh gives a grade from version 3.2 on; with an older one, such as 3.0.8 of Debian 12, there is none to judge.
"""

import json
import sys

# What must be found, by the names of versions 3.0 and 3.2.
REQUIRED = [
    (("SSLv2",), "not offered"),
    (("SSLv3",), "not offered"),
    (("TLS1",), "not offered"),
    (("TLS1_1",), "not offered"),
    (("TLS1_2",), "offered"),
    (("TLS1_3",), "offered"),
    (("ALPN_HTTP2",), "h2"),
    (("PFS", "FS"), "offered"),
    (("cert_trust",), "Ok"),
    (("cert_chain_of_trust",), "passed"),
]
# What may be found although it is rated HIGH, and why.
EXCUSED = {
    "cert_revocation": "an authority made for one test publishes no list of what it revoked, nor do the public ones of short-lived certificates",
    "cipher_order": "every suite on offer has forward secrecy and authenticated encryption, so a client may choose what its hardware does best",
}
# A grade below these would be capped by something that is not the certificate's authority.
GRADES = {"A", "A-", "A+"}


def checks(findings):
    by_id = {finding["id"]: finding for finding in findings}
    for names, wanted in REQUIRED:
        found = next((by_id[name]["finding"] for name in names if name in by_id), "nothing")
        yield found.startswith(wanted), f"testssl: {names[0]}: {found}"
    for finding in findings:
        name, found = finding["id"], finding["finding"]
        if finding["severity"] in ("HIGH", "CRITICAL", "FATAL"):
            excuse = EXCUSED.get(name)
            yield excuse is not None, f"testssl: {name}: {found}" + (f" ({excuse})" if excuse else "")
    judged = [
        finding for finding in findings if finding["severity"] in ("OK", "INFO", "LOW", "MEDIUM", "HIGH", "CRITICAL")
    ]
    # As many as the checks that tests/edge/run asks for; fewer would mean that testssl.sh gave up on the way.
    yield len(judged) >= 60, f"testssl: {len(judged)} findings"
    grade = by_id.get("overall_grade")
    if grade:
        yield grade["finding"] in GRADES, f"testssl: grade {grade['finding']}"


def main():
    with open(sys.argv[1]) as file:
        results = list(checks(json.load(file)))
    for holds, what in results:
        print(f"{'ok    ' if holds else 'FAILED'} {what}")
    failed = sum(not holds for holds, _ in results)
    print(f"{len(results) - failed} passed, {failed} failed")
    return failed > 0


sys.exit(main())
