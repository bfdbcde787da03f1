from multiprocessing import Pool


def f(x):
    return x * x


if __name__ == '__main__':
    with Pool(processes=4) as pool:  # at most 4 worker processes
        result = pool.apply_async(f, [10])  # evaluates "f(10)" in one of them
        print(result.get(timeout=10))  # prints "100" unless your computer is *very* slow
        print(pool.map(f, range(10)))  # prints "[0, 1, 4, ..., 81]"
