"""A dict that a manager holds, read by another process: calls a second."""

from twin import answer, mp, seconds

COUNT = 10_000


def read(shared, count):
    for _ in range(count):
        shared["key"]


def run(shared, result):
    read(shared, COUNT // 2)
    result.value = COUNT / seconds(read, shared, COUNT)


if __name__ == "__main__":
    result = mp.RawValue("d")
    with mp.Manager() as manager:
        shared = manager.dict(key=1)
        process = mp.Process(target=run, args=(shared, result))
        process.start()
        process.join()
    answer(rate=result.value)
