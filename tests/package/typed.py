"""Runs a command in a terminal and types answers: typed.py PROMPT ANSWER [PROMPT ANSWER…] -- COMMAND…

Each answer is typed once its prompt has been shown, in their order. Prints what the terminal showed; ends as the command
does, or with 1 where a prompt did not come.
"""

import os
import pty
import select
import sys
import time

# Seconds for a prompt to come, or for the command to end.
PATIENCE_S = 120


def main():
    at = sys.argv.index("--")
    turns = list(zip(sys.argv[1:at:2], sys.argv[2:at:2]))
    command = sys.argv[at + 1 :]
    process, terminal = pty.fork()
    if process == 0:
        os.environ.update(DEBIAN_FRONTEND="readline", TERM="dumb")
        os.execvp(command[0], command)
    shown, end = "", time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if select.select([terminal], [], [], 1)[0]:
            try:
                part = os.read(terminal, 4096).decode(errors="replace")
            except OSError:
                # That is how the end of a terminal is told.
                break
            shown += part
            sys.stdout.write(part)
        if turns and turns[0][0] in shown:
            prompt, answer = turns.pop(0)
            shown = shown.split(prompt, 1)[1]
            os.write(terminal, f"{answer}\n".encode())
            end = time.monotonic() + PATIENCE_S
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) if time.monotonic() < end else 1
    print(f"\nended with {status}; not asked: {[prompt for prompt, _ in turns]}")
    return status or bool(turns)


if __name__ == "__main__":
    sys.exit(main())
