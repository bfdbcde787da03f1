from functools import partial
from math import gcd
from multiprocessing import Pool


def coprimes(limit, n):
    return sum(gcd(n, k) == 1 for k in range(1, limit))


if __name__ == '__main__':
    with Pool(processes=2) as pool:
        print(pool.map(partial(coprimes, 1000), [6, 7, 30]))  # prints "[333, 857, 266]"
