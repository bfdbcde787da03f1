"""A Lock that two processes want all the time, to add one to a number: pairs a second, of both together."""

from twin import answer, mp, seconds

COUNT = 500_000


def pairs(lock, cell, count):
    for _ in range(count):
        lock.acquire()
        cell[0] += 1
        lock.release()


def together(barrier, lock, cell, count):
    pairs(lock, cell, count)
    barrier.wait()


def run(barrier, lock, cell, result):
    for count in (COUNT // 10, COUNT):
        barrier.wait()
        result.value = 2 * count / seconds(together, barrier, lock, cell, count)


if __name__ == "__main__":
    barrier, lock, cell = mp.Barrier(2), mp.Lock(), mp.RawArray("i", 1)
    results = [mp.RawValue("d"), mp.RawValue("d")]
    processes = [mp.Process(target=run, args=(barrier, lock, cell, result)) for result in results]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert cell[0] == 2 * (COUNT // 10 + COUNT)
    answer(rate=results[0].value)
