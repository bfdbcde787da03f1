"""A small item to another process and back, through a Pipe: round trips a second."""

from twin import answer, mp, seconds

ITEM = [42, None, "hello"]
WARM_UP = 2_000
COUNT = 20_000


def echo(connection):
    for _ in range(WARM_UP + COUNT):
        connection.send(connection.recv())


def call(connection, count):
    for _ in range(count):
        connection.send(ITEM)
        connection.recv()


def caller(connection, result):
    call(connection, WARM_UP)
    result.value = COUNT / seconds(call, connection, COUNT)


if __name__ == "__main__":
    one, other = mp.Pipe()
    result = mp.RawValue("d")
    processes = [mp.Process(target=echo, args=(one,)), mp.Process(target=caller, args=(other, result))]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    answer(rate=result.value)
