from array import array
from multiprocessing import Pipe

if __name__ == '__main__':
    a, b = Pipe()

    a.send([1, 'hello', None])
    print(b.recv())

    b.send_bytes(b'thank you')
    print(a.recv_bytes().decode())

    arr1 = array('i', range(5))
    arr2 = array('i', [0] * 10)
    a.send_bytes(arr1)
    count = b.recv_bytes_into(arr2)
    assert count == len(arr1) * arr1.itemsize
    print(arr2.tolist())
