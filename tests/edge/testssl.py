"""Judges what testssl.sh found: tests/edge/testssl.py FINDINGS.json, one line per check, then `N passed, N failed`.

The authority of the test is named to testssl.sh (tests/edge/run), so that no grade is capped for a chain that nobody trusts.
"""

import json
import sys

# What must be found.
REQUIRED = [
    ("SSLv2", "not offered"),
    ("SSLv3", "not offered"),
    ("TLS1", "not offered"),
    ("TLS1_1", "not offered"),
    ("TLS1_2", "offered"),
    ("TLS1_3", "offered"),
    ("ALPN_HTTP2", "h2"),
    ("FS", "offered"),
    ("cert_trust", "Ok"),
    ("cert_chain_of_trust", "passed"),
]
# What may be found although it is rated HIGH, and why.
EXCUSED = {
    "cert_revocation": "an authority made for one test publishes no list of what it revoked, nor do the public ones of short-lived certificates",
    "cipher_order": "every suite on offer has forward secrecy and authenticated encryption, so a client may choose what its hardware does best",
}
# The best there is (SSL Labs' rating guide, which testssl.sh follows).
GRADE = "A+"


def checks(findings):
    by_id = {finding["id"]: finding for finding in findings}
    for name, wanted in REQUIRED:
        found = by_id[name]["finding"] if name in by_id else "nothing"
        yield found.startswith(wanted), f"testssl: {name}: {found}"
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
    caps = [finding["finding"] for finding in findings if finding["id"].startswith("grade_cap_reason")]
    grade = by_id["overall_grade"]["finding"] if "overall_grade" in by_id else "none"
    yield grade == GRADE, f"testssl: grade {grade} {caps or ''}".rstrip()


def main():
    with open(sys.argv[1]) as file:
        results = list(checks(json.load(file)))
    for holds, what in results:
        print(f"{'ok    ' if holds else 'FAILED'} {what}")
    failed = sum(not holds for holds, _ in results)
    print(f"{len(results) - failed} passed, {failed} failed")
    return failed > 0


sys.exit(main())
