# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Passes over rows: into buckets, sums, counts. `ordinals.by_arrays`, `curve.by_arrays` and what `rows.py` does without
a compiler are the same in numpy, and the oracles."""

import numpy as np

cdef extern from *:
    int __builtin_ctzll(unsigned long long) nogil

from libc.math cimport INFINITY, isfinite, rint
from libc.string cimport memcpy


cdef enum:
    #: Values that lie further apart are counted otherwise.
    CLOSE = 1 << 16


cdef int shift_of(long long last, long long buckets) noexcept nogil:
    cdef int shift = 0
    while last >> shift >= buckets:
        shift += 1
    return shift


ctypedef signed char narrow_t
ctypedef fused Whole:
    narrow_t
    long long


cdef tuple segments(const long long[::1] ordinals, const unsigned char[::1] mine, int shift):
    """Of the rows that are marked (all, where `mine` is None): the buckets, and the first row of each."""
    cdef Py_ssize_t i, count = 0, size = ordinals.shape[0]
    cdef bint all = mine is None
    cdef long long bucket = 0
    found = np.empty((2, size), np.int64)
    cdef long long[:, ::1] out = found
    for i in range(size):
        if (all or mine[i]) and (not count or ordinals[i] >> shift != bucket):
            bucket = ordinals[i] >> shift
            out[0, count], out[1, count] = bucket, i
            count += 1
    return tuple(found[:, :count].copy())


cdef enum:
    #: Rows that are looked at as one: what they weigh is the bytes of a word.
    ABREAST = 8
#: A one in each byte, in each pair of bytes; the highest bit of each byte; the lower byte of each pair.
cdef unsigned long long ONES = 0x0101010101010101, PAIRS = 0x0001000100010001
cdef unsigned long long HIGHEST = 0x8080808080808080, LOWER = 0x00FF00FF00FF00FF


cdef inline unsigned long long eight(const void* bytes_, Py_ssize_t count) noexcept nogil:
    """So many bytes as a word, wherever they begin; eight at most."""
    cdef unsigned long long word = 0
    if count >= ABREAST:
        memcpy(&word, bytes_, ABREAST)
    else:
        memcpy(&word, bytes_, count)
    return word


cdef struct Weighed:
    long long rows, total
    Py_ssize_t first


cdef Weighed weigh(const unsigned char* mask, const Whole* weights, Py_ssize_t begin, Py_ssize_t end,
                   long long most) noexcept nogil:
    """The rows that are marked (NULL: all) and weigh anything (NULL: one each): how many, what they weigh, the first."""
    cdef Weighed found = Weighed(0, 0, -1)
    cdef Py_ssize_t i = begin
    cdef unsigned long long word, some
    cdef long long weight
    if Whole is narrow_t:
        while i < end:
            word = ONES if mask is NULL else eight(mask + i, end - i)
            if mask is NULL and end - i < ABREAST:
                word &= (<unsigned long long> 1 << 8 * (end - i)) - 1
            if weights is not NULL and word:
                # What is negative weighs nothing.
                word = eight(weights + i, end - i) & word * 255
                word &= ~(((word & HIGHEST) >> 7) * 255)
            if word:
                some = (word + ~HIGHEST & HIGHEST) >> 7
                if not found.rows:
                    found.first = i + (__builtin_ctzll(word) >> 3)
                found.rows += some * ONES >> 56
                found.total += ((word & LOWER) + (word >> 8 & LOWER)) * PAIRS >> 48
            i += ABREAST
    else:
        for i in range(begin, end):
            weight = weights[i]
            if weight > 0 and (mask is NULL or mask[i]):
                if not found.rows:
                    found.first = i
                found.rows += 1
                found.total += weight if weight < most else most
    return found


cdef tuple folded(const long long[::1] ordinals, dict begins, const unsigned char[::1] mine,
                  const unsigned char[::1] mask, const Whole* weights, long long buckets, long long most):
    cdef Py_ssize_t i, end, count = 0, size = ordinals.shape[0]
    cdef const unsigned char* marks = NULL if mask is None or not size else &mask[0]
    while marks is not NULL and size >= ABREAST and not eight(marks + size - ABREAST, ABREAST):
        size -= ABREAST
    while size and ((marks is not NULL and not marks[size - 1]) or (weights is not NULL and weights[size - 1] <= 0)):
        size -= 1
    if not size:
        return None
    cdef int shift = shift_of(ordinals[size - 1], buckets)
    if shift not in begins:
        begins[shift] = segments(ordinals, mine, shift)
    cdef const long long[::1] bucket = begins[shift][0], begin = begins[shift][1]
    cdef Py_ssize_t last = bucket.shape[0]
    found = np.empty((4, last), np.int64)
    cdef long long[:, ::1] out = found
    cdef Weighed of
    for i in range(last):
        if begin[i] >= size:
            break
        end = begin[i + 1] if i + 1 < last and begin[i + 1] < size else size
        of = weigh(marks, weights, begin[i], end, most)
        if of.rows:
            out[0, count], out[1, count], out[2, count], out[3, count] = bucket[i], of.rows, of.total, of.first
            count += 1
    return shift, *found[:, :count].copy()


def fold(const long long[::1] ordinals, dict begins, const unsigned char[::1] mine, const unsigned char[::1] mask,
         weights, long long buckets, long long most):
    """The rows that are marked (None: all) and weigh anything (None: one each): the shift of their buckets, and per
    bucket its number, how many rows, what they weigh (`most` at most, each), the first. None where there is no such row.

    Those that are `mine` (None: all), among which all that are marked are, are of one kind: its ordinals never go back.
    Where each bucket begins among them is noted by shift in `begins`.
    """
    cdef const signed char[::1] narrow
    cdef const long long[::1] wide
    if weights is None:
        return folded[narrow_t](ordinals, begins, mine, mask, NULL, buckets, most)
    if not len(weights):
        return None
    if weights.dtype == np.int8:
        narrow = np.ascontiguousarray(weights)
        return folded(ordinals, begins, mine, mask, &narrow[0], buckets, most)
    wide = np.ascontiguousarray(weights, np.int64)
    return folded(ordinals, begins, mine, mask, &wide[0], buckets, most)


def fold_values(const long long[:] ordinals, const double[:] values, const long long[:] rows, long long buckets,
                double unit, double clip):
    """Values of consecutive records (of these rows, or all): the shift of their buckets, and per bucket its number,
    records, finite ones, their sum in units, zeros, its first row; the lowest and the highest finite value."""
    cdef bint some = rows is not None
    cdef Py_ssize_t i, row, at = -1, size = rows.shape[0] if some else ordinals.shape[0]
    cdef int shift = shift_of(ordinals[rows[size - 1] if some else size - 1], buckets)
    cdef long long bucket, begin = 0
    cdef double value
    found, bounds = np.empty((6, size), np.int64), np.empty((2, size))
    cdef long long[:, ::1] out = found
    cdef double[:, ::1] bound = bounds
    with nogil:
        for i in range(size):
            row = rows[i] if some else i
            bucket = ordinals[row] >> shift
            if at < 0 or bucket != begin:
                at += 1
                begin = bucket
                out[0, at] = bucket
                out[1, at] = out[2, at] = out[3, at] = out[4, at] = 0
                out[5, at] = row
                bound[0, at], bound[1, at] = INFINITY, -INFINITY
            value = values[row]
            out[1, at] += 1
            if isfinite(value):
                out[2, at] += 1
                out[4, at] += value == 0
                if value < bound[0, at]:
                    bound[0, at] = value
                if value > bound[1, at]:
                    bound[1, at] = value
                value = clip if value > clip else -clip if value < -clip else value
                out[3, at] += <long long> rint(value * unit)
    return shift, *found[:, :at + 1].copy(), *bounds[:, :at + 1].copy()


cdef inline Py_ssize_t least(Py_ssize_t a, Py_ssize_t b) noexcept nogil:
    return a if a < b else b


cdef long long added(const Whole* values, const unsigned char* marks, Py_ssize_t size) noexcept nogil:
    """The sum of the marked values, or of all; in pieces, of which each fits twice the width of a value."""
    cdef Py_ssize_t i = 0, end
    cdef long long total = 0
    cdef short part
    while i < size:
        end = least(i + 128, size)
        if Whole is narrow_t:
            part = 0
            if marks is NULL:
                for i in range(i, end):
                    part += values[i]
            else:
                for i in range(i, end):
                    part += values[i] & -<signed char> marks[i]
            total += part
        else:
            for i in range(i, end):
                total += values[i] if marks is NULL or marks[i] else 0
        i = end
    return total


def sums(values, const unsigned char[::1] mask):
    """The sums of the marked rows of a table (of all, where `mask` is None), by column."""
    cdef Py_ssize_t column, size = values.shape[0]
    found = np.zeros(values.shape[1], np.int64)
    cdef long long[::1] out = found
    cdef const unsigned char* marks = NULL if mask is None or not size else &mask[0]
    cdef const signed char[::1, :] narrow
    cdef const long long[::1, :] wide
    # Each column is one piece of memory.
    if not size:
        pass
    elif values.dtype == np.int8:
        narrow = np.asfortranarray(values)
        for column in range(found.shape[0]):
            out[column] = added(&narrow[0, column], marks, size)
    else:
        wide = np.asfortranarray(values, np.int64)
        for column in range(found.shape[0]):
            out[column] = added(&wide[0, column], marks, size)
    return found


cdef list numbered(const Whole* values, Py_ssize_t size):
    cdef Py_ssize_t i
    cdef Whole low = values[0], high = values[0]
    for i in range(size):
        low = values[i] if values[i] < low else low
        high = values[i] if values[i] > high else high
    if low == high:
        return [(low, size)]
    if high - <long long> low >= CLOSE:
        return None
    numbers = np.zeros(high - <long long> low + 1, np.int64)
    cdef long long[::1] number = numbers
    for i in range(size):
        number[values[i] - <long long> low] += 1
    return [(low + i, number[i]) for i in range(number.shape[0]) if number[i]]


def counted(values):
    """The integers that occur, ascending, and how often each does; None where they lie far apart."""
    cdef const signed char[::1] narrow
    cdef const long long[::1] wide
    if values.dtype == np.int8:
        narrow = np.ascontiguousarray(values)
        return numbered(&narrow[0], narrow.shape[0])
    wide = np.ascontiguousarray(values, np.int64)
    return numbered(&wide[0], wide.shape[0])
