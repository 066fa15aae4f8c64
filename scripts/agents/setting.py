"""What a real agent CLI finds around it: a home, a project, its variables, and a scripted model instead of the network.

    python3 setting.py [--distrusted] [--log FILE] NAME HOME WORK COMMAND…

By itself it goes into a network namespace that has loopback only, starts the model there, prepares home and project for the program NAME, and
runs COMMAND (a daemon, say) with its variables. Then it prints one line of JSON, {"env": those variables, "failing": more of them, for a program
that is to give up soon on an API that fails}, and serves until its standard input ends. It exits with 3, and says why, where there can be no
such namespace.
"""
import argparse
import fcntl
import importlib.util
import json
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # the sources stay as they are

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
INSIDE = "ORCHFLOW_ALONE"
NO_NAMESPACE = 3

# What no program is to do here: look for updates, tell of what it is used for, read the machine's own git settings.
QUIET = {"GIT_CONFIG_NOSYSTEM": "1", "NO_UPDATE_NOTIFIER": "1", "DO_NOT_TRACK": "1"}


def load(name):
    """What is known of a program: scripts/agents/NAME.py."""
    spec = importlib.util.spec_from_file_location(f"agent_{name}", HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def programs():
    return sorted(p.stem for p in HERE.glob("*.py") if (ROOT / "agents" / p.name).with_suffix(".toml").exists())


def environment(module, url, trusted=True):
    """The variables that point it at the model, and, unless `trusted`, let it ask whether it may work in this folder."""
    return QUIET | module.environment(url) | ({} if trusted else getattr(module, "DISTRUSTED", {}))


def project(module, home, work, url, trusted=True):
    """Fills an empty home, and makes a project with one commit of an empty folder."""
    (work / "hello.txt").write_text("hello\n")
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1"}
    git = lambda *args: subprocess.run(["git", *args], cwd=work, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    git("init", "-b", "main")
    git("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "add", "-A")
    git("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "-m", "first")
    if hasattr(module, "prepare"):
        module.prepare(home, work, url, *([] if trusted else [False]))


def unshare(*namespaces):
    """The command that gives what follows it namespaces of its own, with or without root."""
    return ["unshare", *([] if os.geteuid() == 0 else ["--map-root-user"]), *namespaces]


def loopback():
    """Sets it up: a new namespace has it, down."""
    up = 0x1
    set_flags = 0x8914
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sh", b"lo", up))


def go_alone():
    """Runs this script again without a network."""
    env = os.environ | {INSIDE: "1"}
    can = subprocess.run([*unshare("--net"), "true"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if can.returncode != 0:
        print(f"no network namespace can be made here ({can.stderr.strip()})", file=sys.stderr)
        sys.exit(NO_NAMESPACE)
    command = [*unshare("--net"), sys.executable, *sys.argv]
    os.execvpe(command[0], command, env)


def main():
    if INSIDE not in os.environ:
        go_alone()
    asked = argparse.ArgumentParser()
    asked.add_argument("--distrusted", action="store_true")
    asked.add_argument("--log", default=os.devnull)
    asked.add_argument("name")
    asked.add_argument("home", type=Path)
    asked.add_argument("work", type=Path)
    asked.add_argument("command", nargs=argparse.REMAINDER)
    asked = asked.parse_args()

    del os.environ[INSIDE]
    loopback()
    from model import Model
    module = load(asked.name)
    model = Model(directives_need_tools=getattr(module, "TOOLS", True), log=open(asked.log, "a")).start()
    project(module, asked.home, asked.work, model.url, not asked.distrusted)
    env = environment(module, model.url, not asked.distrusted)
    subprocess.run(asked.command, env=os.environ | env, check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr)
    print(json.dumps({"env": env, "failing": getattr(module, "FAILING", {})}), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
