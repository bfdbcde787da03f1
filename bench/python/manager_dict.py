"""A dict that a manager holds, set and read by another process: calls a second."""

from twin import answer, mp, seconds

COUNT = 10_000


def set_and_get(shared, count):
    for i in range(count // 2):
        shared["key"] = i
        shared["key"]


def run(shared, result):
    set_and_get(shared, COUNT // 2)
    result.value = COUNT / seconds(set_and_get, shared, COUNT)


if __name__ == "__main__":
    result = mp.RawValue("d")
    with mp.Manager() as manager:
        shared = manager.dict()
        process = mp.Process(target=run, args=(shared, result))
        process.start()
        process.join()
    answer(rate=result.value)
