"""A Lock that nobody else wants: pairs of acquire and release a second."""

from twin import answer, mp, seconds

COUNT = 2_000_000


def pairs(lock, count):
    for _ in range(count):
        lock.acquire()
        lock.release()


def run(lock, result):
    pairs(lock, COUNT // 10)
    result.value = COUNT / seconds(pairs, lock, COUNT)


if __name__ == "__main__":
    result = mp.RawValue("d")
    process = mp.Process(target=run, args=(mp.Lock(), result))
    process.start()
    process.join()
    answer(rate=result.value)
