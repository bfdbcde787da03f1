"""Small items through a Queue, from one process to another: items a second."""

from twin import answer, mp, seconds

ITEM = [42, None, "hello"]
WARM_UP = 10_000
COUNT = 100_000


def produce(queue):
    for _ in range(WARM_UP + COUNT):
        queue.put(ITEM)


def take(queue, count):
    for _ in range(count):
        queue.get()


def consume(queue, result):
    take(queue, WARM_UP)
    result.value = COUNT / seconds(take, queue, COUNT)


if __name__ == "__main__":
    queue, result = mp.Queue(1000), mp.RawValue("d")
    processes = [mp.Process(target=consume, args=(queue, result)), mp.Process(target=produce, args=(queue,))]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    answer(rate=result.value)
