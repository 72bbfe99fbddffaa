"""What a process in the place of foodswap can do and cannot: run by its unit, with its user and its sandbox.

One line for each claim; ends with `N passed, N failed`. `sandbox.py bare` is the same probe as the same user without the
sandbox: what the sandbox alone forbids must be possible there, or else its claims could not fail.
"""

import ctypes
import errno
import mmap
import os
import socket
import subprocess
import sys
from pathlib import Path

STATE = Path("/var/lib/foodswap")
# Where something might be left behind, or changed for others.
ELSEWHERE = ["/", "/etc", "/etc/foodswap", "/usr/bin", "/var/lib", "/var/log", "/var/cache", "/run", "/home", "/root", "/opt", "/srv",
             "/boot", "/dev", "/proc/sys/kernel", "/sys"]
# Where anybody may write; the last is made by the test.
ANYBODYS = ["/run/lock", "/dev/shm", "/dev/mqueue", "/srv/anybodys"]
# Files of others, made by the test.
OF_OTHERS = ["/tmp/of-others", "/var/tmp/of-others"]
IS_BARE = sys.argv[1:] == ["bare"]
# Families that a site has no use for, with their numbers in Linux.
FAMILIES = {"AF_NETLINK": 16, "AF_PACKET": 17, "AF_BLUETOOTH": 31, "AF_ALG": 38, "AF_VSOCK": 40, "AF_XDP": 44}
CLONE_NEWUSER, CLONE_NEWNS, PTRACE_ATTACH = 0x10000000, 0x00020000, 16
libc = ctypes.CDLL(None, use_errno=True)
results = []


def claim(name, holds, said="", by_sandbox_alone=False):
    """Without the sandbox only the claims count that it alone makes hold: they must not."""
    if IS_BARE:
        if not by_sandbox_alone:
            return
        name, holds = f"without it this does not hold: {name}", not holds
    results.append(bool(holds))
    print(f"{'ok    ' if holds else 'FAILED'} sandbox: {name} {'' if holds else said}")


def can_write(folder):
    path = Path(folder) / "left-by-foodswap"
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError:
        return False
    path.unlink()
    return True


def execution(*command):
    try:
        subprocess.run(command, check=False, capture_output=True)
    except OSError as error:
        return error.errno
    return 0


def opens(family, kind=socket.SOCK_RAW):
    try:
        socket.socket(family, kind).close()
    except OSError as error:
        return error.errno
    return 0


def refused(call, *arguments):
    ctypes.set_errno(0)
    return call(*arguments) == -1 and ctypes.get_errno() in (errno.EPERM, errno.EACCES)


def maps_what_it_may_write_and_execute():
    try:
        mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC).close()
    except OSError:
        return False
    return True


def words(path):
    return Path(path).read_text().split()


claim("it may write to its own directory", can_write(STATE))
for folder in ELSEWHERE:
    if os.path.isdir(folder):
        claim(f"it may not write to {folder}", not can_write(folder))
for folder in ANYBODYS:
    claim(f"it may not write to {folder}, where anybody may", not can_write(folder), by_sandbox_alone=True)
for path in OF_OTHERS:
    claim(f"it does not see what others have in {os.path.dirname(path)}", not os.path.exists(path), by_sandbox_alone=True)
copy = STATE / "copy-of-true"
copy.write_bytes(Path("/bin/true").read_bytes())
copy.chmod(0o755)
for command in ("/bin/true", "/bin/sh", "/usr/bin/id", str(copy)):
    claim(f"it may not execute {Path(command).name}", execution(command, "-c", ":") == errno.EACCES, by_sandbox_alone=True)
copy.unlink()
claim("it opens IPv4, IPv6 and local sockets",
      [opens(family, socket.SOCK_STREAM) for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX)] == [0, 0, 0])
for name, number in FAMILIES.items():
    # Of the others no machine can be relied on to have them.
    claim(f"it may not open {name}", opens(number) == errno.EAFNOSUPPORT, os.strerror(opens(number)), name == "AF_NETLINK")
claim("it may not make namespaces", refused(libc.unshare, CLONE_NEWUSER) and refused(libc.unshare, CLONE_NEWNS))
claim("it may not mount", refused(libc.mount, b"none", b"/tmp", b"tmpfs", 0, None))
claim("it may not trace the first process", refused(libc.ptrace, PTRACE_ATTACH, 1, None, None))
claim("it may not set the clock", refused(libc.settimeofday, ctypes.create_string_buffer(16), None))
claim("it may not become root", refused(libc.setuid, 0))
claim("it maps no memory that it may write and execute", not maps_what_it_may_write_and_execute(), by_sandbox_alone=True)
status = dict(line.split(":\t") for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
claim("it has no capability", all(int(status[kind], 16) == 0 for kind in ("CapEff", "CapPrm", "CapBnd", "CapAmb")), status)
claim("it is not root", os.getuid() != 0 and os.geteuid() != 0)
processes = [name for name in os.listdir("/proc") if name.isdigit()]
others = [name for name in processes if os.stat(f"/proc/{name}").st_uid != os.getuid()]
claim("it sees the processes of all others", "1" in others and len(others) >= 5, others)
claim("it sees the load", len(words("/proc/loadavg")) == 5)
claim("it sees the memory", "MemAvailable:" in words("/proc/meminfo"))
claim("it sees the disks", os.statvfs("/").f_blocks > 0 and os.statvfs("/home").f_blocks > 0 and Path("/proc/diskstats").exists())
claim("it sees the network", any(line.startswith("lo:") for line in words("/proc/net/dev")))
claim("it sees what is mounted", len(words("/proc/self/mounts")) > 0)

failed = results.count(False)
print(f"{len(results) - failed} passed, {failed} failed")
