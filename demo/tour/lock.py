from multiprocessing import Process, Lock


def f(lock, i):
    lock.acquire()
    try:
        print('hello world', i)
    finally:
        lock.release()


if __name__ == '__main__':
    lock = Lock()

    for num in range(10):
        Process(target=f, args=(lock, num)).start()
