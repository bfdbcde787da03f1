"""`with value.get_lock(): value.value += 1`, by one process: increments a second."""

from twin import answer, mp, seconds

COUNT = 500_000


def increments(value, count):
    for _ in range(count):
        with value.get_lock():
            value.value += 1


def run(value, result):
    increments(value, COUNT // 10)
    result.value = COUNT / seconds(increments, value, COUNT)


if __name__ == "__main__":
    value, result = mp.Value("i", 0), mp.RawValue("d")
    process = mp.Process(target=run, args=(value, result))
    process.start()
    process.join()
    assert value.value == COUNT + COUNT // 10
    answer(rate=result.value)
