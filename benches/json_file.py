"""State in one JSON file behind a lock, as systems without a database keep it: what a query, a change and a search take.

Type: python3 json_file.py FILE. It prints, as JSON, the times of each in microseconds."""

import fcntl
import json
import os
import sys
import time

SAMPLES = 50


def locked(path, work):
    """Reads the file, lets `work` look at it, and writes it anew where that changes anything."""
    with open(path + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with open(path) as file:
            state = json.load(file)
        found, changed = work(state)
        if changed:
            with open(path + ".new", "w") as file:
                json.dump(state, file)
            os.replace(path + ".new", path)
        return found


def query(state):
    return state["tasks"][4000]["name"], False


def update(state):
    state["tasks"][4000]["cost"] += 1
    return 1, True


def search(state):
    tasks = state["tasks"]
    return [task["name"] for task in tasks if task["status"] == "open" and task["cost"] > 3500], False


def times(path, work):
    took = []
    for _ in range(SAMPLES):
        start = time.perf_counter()
        locked(path, work)
        took.append((time.perf_counter() - start) * 1e6)
    return took


path = sys.argv[1]
print(json.dumps({work.__name__: times(path, work) for work in (query, update, search)}))
