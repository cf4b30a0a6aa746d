# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Lines looked up in the parts of a log that hold them, many at once. `ground.Ground.at` does the same for one."""

import numpy as np

from libc.string cimport memcpy


def locate(const long long[::1] index, const long long[:, ::1] parts, int quote):
    """Where lines stand: line numbers, bytes, sizes of their texts (at most `quote`), addresses of those, and parts.

    parts: of each part its first line among all, the addresses of its columns `line`, `start` and `stop` and of its
    data, its line number, its byte; behind the last one the line where it ends.
    """
    cdef Py_ssize_t i, count = index.shape[0], last = parts.shape[0] - 2, part = 0, low, high
    cdef long long row
    cdef int start, length
    lines, bytes_, addresses = np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count, np.int64)
    sizes, held = np.empty(count, np.int32), np.empty(count, np.int32)
    cdef long long[::1] line = lines, byte = bytes_, address = addresses
    cdef int[::1] size = sizes, of = held
    with nogil:
        for i in range(count):
            row = index[i]
            if not parts[part, 0] <= row < parts[part + 1, 0]:
                low, high = 0, last
                while low < high:
                    part = (low + high + 1) // 2
                    if parts[part, 0] <= row:
                        low = part
                    else:
                        high = part - 1
                part = low
            row -= parts[part, 0]
            start = (<const int*> parts[part, 2])[row]
            length = (<const int*> parts[part, 3])[row] - start
            line[i] = parts[part, 5] + (<const int*> parts[part, 1])[row]
            byte[i] = parts[part, 6] + start
            size[i] = length if length < quote else quote
            address[i] = parts[part, 4] + start
            of[i] = part
    return lines, bytes_, sizes, addresses, held


def gather(const long long[::1] address, const int[::1] size, int width):
    """Texts as one column of fixed width: `size[i]` bytes, at most `width`, from address `address[i]`."""
    cdef Py_ssize_t i, count = address.shape[0]
    texts = np.zeros(count, f"S{max(width, 1)}")
    cdef unsigned char[::1] view
    if count:
        view = texts.view(np.uint8)
        with nogil:
            for i in range(count):
                if size[i]:
                    memcpy(&view[i * width], <const char*> address[i], size[i])
    return texts
