"""What the twins share: how their processes start, and how they answer."""

import json
import multiprocessing
import time

# How a process starts makes no difference to a rate once it runs: the quickest way that this system has.
mp = multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")


def seconds(work, *args):
    begin = time.perf_counter()
    work(*args)
    return time.perf_counter() - begin


def answer(**figures):
    """One line of JSON. The first figure is the one that is compared."""
    print(json.dumps(figures))
