# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Rows that fall into buckets, in one pass. `buckets.by_arrays` and `curve.by_arrays` are the same in numpy, and the oracles."""

import numpy as np

cdef extern from *:
    int __builtin_ctzll(unsigned long long) nogil

from libc.math cimport INFINITY, isfinite, rint
from libc.string cimport memcpy


cdef int shift_of(long long last, long long buckets) noexcept nogil:
    cdef int shift = 0
    while last >> shift >= buckets:
        shift += 1
    return shift


cdef struct Fold:
    Py_ssize_t count
    long long* bucket
    long long* rows
    long long* total
    long long* first


cdef inline void put(Fold* to, long long bucket, long long rows, long long total, Py_ssize_t first) noexcept nogil:
    cdef Py_ssize_t at = to.count - 1
    if at < 0 or to.bucket[at] != bucket:
        at += 1
        to.count += 1
        to.bucket[at], to.rows[at], to.total[at], to.first[at] = bucket, 0, 0, first
    to.rows[at] += rows
    to.total[at] += total


cdef enum:
    #: Rows that are looked at as one: their marks are the bytes of a word.
    ABREAST = 8
#: A mark in each byte; a product with it has the sum of all bytes in its highest.
cdef unsigned long long ONES = 0x0101010101010101


cdef inline unsigned long long eight(const unsigned char* marks) noexcept nogil:
    """Eight marks at once, wherever they begin."""
    cdef unsigned long long word
    memcpy(&word, marks, 8)
    return word


cdef void count_marks(Fold* to, const long long* ordinals, const unsigned char* mask, Py_ssize_t size,
                      int shift) noexcept nogil:
    """Rows that each count once; as long as those abreast are of one bucket, with no look at a single one."""
    cdef Py_ssize_t i = 0, k, marked
    cdef unsigned long long word = ONES
    cdef long long bucket
    while i < size:
        if i + ABREAST <= size:
            if mask is not NULL:
                word = eight(mask + i)
                if not word:
                    i += ABREAST
                    continue
            bucket = ordinals[i] >> shift
            if bucket == ordinals[i + ABREAST - 1] >> shift:
                marked = word * ONES >> 56
                put(to, bucket, marked, marked, i + (__builtin_ctzll(word) >> 3))
                i += ABREAST
                continue
        for k in range(i, min(i + ABREAST, size)):
            if mask is NULL or mask[k]:
                put(to, ordinals[k] >> shift, 1, 1, k)
        i += ABREAST


cdef tuple folded(Fold* to, found, int shift):
    return shift, *found[:, :to.count].copy()


def fold(const long long[::1] ordinals, const unsigned char[::1] mask, long long buckets):
    """The rows that are marked (all, where `mask` is None): the shift of their buckets, and per bucket its number, its
    rows, as many again (what they weigh), its first row. None where there is no such row.

    All are of one kind: its ordinals never go back."""
    cdef Py_ssize_t last = ordinals.shape[0] - 1
    cdef bint marked = mask is not None
    while last >= 0 and marked and not mask[last]:
        last -= 1
    if last < 0:
        return None
    cdef int shift = shift_of(ordinals[last], buckets)
    found = np.empty((4, last + 1), np.int64)
    cdef long long[:, ::1] out = found
    cdef Fold to = Fold(0, &out[0, 0], &out[1, 0], &out[2, 0], &out[3, 0])
    count_marks(&to, &ordinals[0], &mask[0] if marked else NULL, last + 1, shift)
    return folded(&to, found, shift)


ctypedef fused Whole:
    signed char
    short
    int
    long long


def fold_weights(const long long[::1] ordinals, const unsigned char[::1] mask, const Whole[::1] weights,
                 long long buckets, long long most):
    """The same of rows that weigh differently, `most` at most: of those that weigh anything."""
    cdef Py_ssize_t i = 0, k, first, last = ordinals.shape[0] - 1
    cdef bint marked = mask is not None
    cdef long long weight, bucket, rows, total
    while last >= 0 and ((marked and not mask[last]) or weights[last] <= 0):
        last -= 1
    if last < 0:
        return None
    cdef int shift = shift_of(ordinals[last], buckets)
    found = np.empty((4, last + 1), np.int64)
    cdef long long[:, ::1] out = found
    cdef Fold to = Fold(0, &out[0, 0], &out[1, 0], &out[2, 0], &out[3, 0])
    while i <= last:
        if marked and i + ABREAST <= last and not eight(&mask[i]):
            i += ABREAST
            continue
        bucket = ordinals[i] >> shift
        if i + ABREAST <= last and bucket == ordinals[i + ABREAST - 1] >> shift:
            # Added up with no branch, which nobody could foresee.
            rows = total = 0
            for k in range(i, i + ABREAST):
                weight = weights[k] if weights[k] > 0 else 0
                weight = (weight if weight < most else most) & -<long long> (not marked or mask[k])
                rows += weight > 0
                total += weight
            if rows:
                first = i
                while weights[first] <= 0 or (marked and not mask[first]):
                    first += 1
                put(&to, bucket, rows, total, first)
            i += ABREAST
            continue
        weight = weights[i]
        if weight > 0 and (not marked or mask[i]):
            put(&to, bucket, 1, weight if weight < most else most, i)
        i += 1
    return folded(&to, found, shift)


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


def sums(const Whole[:, :] values, const unsigned char[::1] mask):
    """The sums of the marked rows of a table (of all, where `mask` is None), by column."""
    cdef Py_ssize_t i, column, size = values.shape[0]
    cdef long long total
    cdef const Whole* value
    found = np.zeros(values.shape[1], np.int64)
    cdef long long[::1] out = found
    cdef const unsigned char* marks = NULL if mask is None or not size else &mask[0]
    # Each column is one piece of memory.
    for column in range(values.shape[1] if size else 0):
        total = 0
        value = &values[0, column]
        if marks is NULL:
            for i in range(size):
                total += value[i]
        else:
            for i in range(size):
                total += value[i] & -<int> marks[i]
        out[column] = total
    return found
