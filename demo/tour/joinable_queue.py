from multiprocessing import Process, JoinableQueue


def worker(q):
    while (item := q.get()) is not None:
        print(item, 'squared is', item * item)
        q.task_done()


if __name__ == '__main__':
    q = JoinableQueue()
    for _ in range(2):
        Process(target=worker, args=(q,)).start()

    for item in range(6):
        q.put(item)
    q.join()  # waits until all six are done
    print('all done')

    for _ in range(2):
        q.put(None)
