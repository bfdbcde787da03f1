"""Calls of a small function by two workers, all of them under way at once: calls a second."""

from twin import answer, mp, seconds

COUNT = 20_000


def increment(x):
    return x + 1


def call(pool, count):
    for result in [pool.apply_async(increment, (x,)) for x in range(count)]:
        result.get()


if __name__ == "__main__":
    with mp.Pool(2) as pool:
        call(pool, COUNT // 10)
        answer(rate=COUNT / seconds(call, pool, COUNT))
