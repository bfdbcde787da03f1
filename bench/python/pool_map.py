"""A small function on many items by two workers, in chunks of the default size: items a second."""

from twin import answer, mp, seconds

COUNT = 200_000


def increment(x):
    return x + 1


def work(pool, items):
    pool.map(increment, items)


if __name__ == "__main__":
    items = list(range(COUNT))
    with mp.Pool(2) as pool:
        work(pool, items)
        answer(rate=COUNT / seconds(work, pool, items))
