"""A list of 10,000 numbers that a manager holds, copied by another process: copies a second."""

from twin import answer, mp, seconds

COUNT = 400


def copy(shared, count):
    for _ in range(count):
        shared[:]


if __name__ == "__main__":
    with mp.Manager() as manager:
        shared = manager.list(range(10_000))
        copy(shared, COUNT // 2)
        answer(rate=COUNT / seconds(copy, shared, COUNT))
