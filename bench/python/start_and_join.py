"""A process that does nothing, from start() until join() returns: milliseconds, by start method; medians."""

import multiprocessing
import statistics

from twin import answer, seconds

TIMES = {"spawn": 8, "fork": 40}


def nothing():
    pass


def once(context):
    process = context.Process(target=nothing)
    process.start()
    process.join()


def median(method, times):
    context = multiprocessing.get_context(method)
    return 1000 * statistics.median(seconds(once, context) for _ in range(times))


if __name__ == "__main__":
    methods = multiprocessing.get_all_start_methods()
    answer(**{method: median(method, times) for method, times in TIMES.items() if method in methods})
