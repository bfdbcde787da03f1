import time
from multiprocessing import Pool, TimeoutError


def f(x):
    return x * x


if __name__ == '__main__':
    with Pool(processes=4) as pool:
        result = pool.apply_async(f, (10,))
        print(result.get(timeout=10))  # prints "100"
        print(pool.map(f, range(10)))  # prints "[0, 1, 4, ..., 81]"

        it = pool.imap(f, range(10))
        print(next(it))  # prints "0"
        print(next(it))  # prints "1"
        print(it.next(timeout=10))  # prints "4"

        result = pool.apply_async(time.sleep, (10,))
        try:
            print(result.get(timeout=1))  # raises TimeoutError
        except TimeoutError:
            print('not within a second')
