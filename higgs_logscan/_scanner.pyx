# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""The reader's loop over lines of known shapes, compiled: it fills the columns of `Lines`.

It takes a line only where it is sure to read what the declared pattern would, and stops at any other: Python
reads that one, and teaches its shape. `Reader` in Python is its oracle.
"""

import re

from cpython.pythread cimport (
    NOWAIT_LOCK, PyThread_acquire_lock, PyThread_allocate_lock, PyThread_free_lock, PyThread_release_lock,
    PyThread_type_lock, WAIT_LOCK,
)
from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libc.stdlib cimport calloc, free, strtod
from libc.string cimport memchr, memcmp, memcpy, memset

from higgs_logscan import program
from higgs_logscan.program import LONGEST_SHAPE as _LONGEST_SHAPE

cdef extern from "_abreast.h":
    ctypedef struct marks:
        uint64_t digits, commas, spaces, minus
    const int ABREAST
    const int SHAPE_ROOM
    const int SHORT
    int has_avx2_here() nogil
    uint64_t stops(const uint8_t* text, uint8_t sign) nogil
    Py_ssize_t first_stop(const uint8_t* text, uint8_t sign) nogil
    ctypedef struct sum:
        pass
    const sum EMPTY_SUM
    uint64_t hash_of(sum of, size_t length) nogil
    void zero_digits(const uint8_t* text, uint8_t* shape, size_t length, sum* of) nogil
    int same(const uint8_t* one, const uint8_t* other, size_t length) nogil
    int alike(const uint8_t* text, const uint8_t* shape, int64_t length) nogil
    marks marked(const uint8_t* text) nogil
    int lowest(uint64_t bits) nogil
    int __builtin_clzll(unsigned long long bits) nogil
    int64_t eight_digits(const uint8_t* end, int length) nogil
    int leading_digits(const uint8_t* text, uint64_t* number) nogil
    uint64_t hashed(const uint8_t* text, size_t length) nogil
    void publish(Entry** place, Entry* entry) nogil
    Entry* published(Entry** place) nogil
    bint test_and_set(char* flag) nogil
    void clear(char* flag) nogil

# Blocks that wait for the thread that scans them, at most.
DEF ROOM = 32
# Shapes are found, or not, within so many places of the table.
DEF PLACES = 1 << 17
DEF PROBES = 32
# What follows a line is watched so often, and expected if it came that often; watched again after as many misses.
DEF WATCHED = 64
DEF MOST = 32
# A line, with its carriage returns, of more records is read in Python.
DEF MOST_RECORDS = 256

# As `program.Reading` and `program.Code` number them.
cdef enum:
    STOP, UNKNOWN, KNOWN, SILENT, LINE, BAR
cdef enum:
    LITERAL, OPTIONAL, SPACES, NUMBER, INTEGER, PERCENT, SHAPE, INTEGERS, ANY_NUMBER, ANY_INTEGER
    UNTIL, BRACKETED, REST, END, NOT_NUMBER, NOT_WORD, TEXT

cdef struct Step:
    int code
    int at
    int length
    uint8_t* words

cdef struct Entry:
    uint64_t hash
    size_t length
    Entry* next  # what mostly comes behind such a line
    Step* steps
    uint8_t expected, watched, came, missed  # whether it is expected; how often it came: see `watch`
    int kind, plan, dialect, order, count
    uint8_t certain, head, plain
    int name, place  # of a bar: bytes of its name, where its position is; -1 where the shape does not tell
    int[2] ends, lengths  # of its position and of what is planned; 0 where they are longer than eight digits
    int64_t rank
    uint8_t* shape
    Py_ssize_t fixed  # of a stem: bytes of the shape that it fixes, and which
    uint8_t* prefix

cdef struct Scan:
    const uint8_t* data
    const uint8_t* limit
    int32_t* plan
    int32_t* line
    int32_t* start
    int32_t* stop
    int32_t* slot
    double* real
    int64_t* whole
    int32_t* size
    int32_t* items
    int64_t* by_dialect
    Py_ssize_t read, end, count, rows, slots, values, filled, room, segments, recognised, newlines
    bint strict
    int noted
    int[MOST_RECORDS] dialects  # of the records of this line
    uint64_t unheaded  # see `Lines`
    Entry* last
    Entry* bar
    Entry* drawn  # what drew the last bar, if its shape tells that
    bint told  # whether the bar has the shape of its entry
    const uint8_t* bar_start
    const uint8_t* bar_stop

#: How far a bar has come, as the end of its shape tells.
PLACE = re.compile(rb"\| *(\d+)/(\d+) \[\Z")
cdef double[23] POWERS
cdef uint64_t[9] TENS
cdef int _power
POWERS[0], TENS[0] = 1.0, 1
for _power in range(1, 23):
    POWERS[_power] = POWERS[_power - 1] * 10.0
for _power in range(1, 9):
    TENS[_power] = TENS[_power - 1] * 10
cdef Py_ssize_t LONGEST_LINE = program.LONGEST_LINE
assert _LONGEST_SHAPE <= SHAPE_ROOM


def has_avx2():
    """Whether this processor runs the same module compiled for AVX2, `_scanner_avx2`."""
    return bool(has_avx2_here())


cdef inline bint digit(uint8_t c) noexcept nogil:
    return <uint8_t> (c - 48) < 10


cdef inline bint blank(uint8_t c) noexcept nogil:
    """A space that no piece ends with."""
    return c == 32 or c == 9 or c == 11 or c == 12


cdef inline bint worded(uint8_t c) noexcept nogil:
    return digit(c) or <uint8_t> ((c | 32) - 97) < 26 or c == 95


include "_stems.pxi"
include "_shapes.pxi"
include "_values.pxi"
include "_steps.pxi"
include "_bars.pxi"
include "_ahead.pxi"


cdef inline bint add_row(Entry* entry, const uint8_t* start, const uint8_t* stop, Py_ssize_t slot,
                         Scan* scan) noexcept nogil:
    cdef Py_ssize_t row = scan.count
    scan.plan[row] = entry.plan
    scan.line[row] = <int32_t> scan.newlines
    scan.start[row] = <int32_t> (start - scan.data)
    scan.stop[row] = <int32_t> (stop - scan.data)
    scan.slot[row] = <int32_t> slot
    scan.count = row + 1
    return True


cdef inline bint note(Entry* entry, Scan* scan) noexcept nogil:
    """Count a known line of a dialect. False where one line has too many of them."""
    if scan.noted == MOST_RECORDS:
        return False
    scan.dialects[scan.noted] = entry.dialect
    scan.noted += 1
    return True


cdef inline const uint8_t* piece_end(const uint8_t* text, Entry* entry, Table* table, Scan* scan) noexcept nogil:
    """Read one piece of text, of this shape if it is not NULL, and what is glued behind it.

    Returns where it ends; NULL where Python decides.
    """
    cdef uint8_t[4096 + 128] shape
    cdef sum of
    cdef uint64_t hash
    cdef const uint8_t* stop
    cdef const uint8_t* here
    cdef Py_ssize_t length, slots, begin
    cdef Entry* of_whole
    cdef bint cut
    while True:
        if entry == NULL:
            entry = expected(text, scan)
        if entry != NULL:
            length, cut, begin = entry.length, entry.head, 0
            here = text + length
        else:
            of = EMPTY_SUM
            length = shaped(text, scan.limit, shape, c"[", &of)
            if length < 0:
                return NULL
            here = text + length
            cut = length > 1 and (here - 1)[0] == c"["
            if not cut and here[0] != 10 and here[0] != 13:
                return NULL
            hash = hash_of(of, length)
            if text[0] == c"[":
                restore_ranks(text, length, shape)
                hash = hashed(shape, length)
            entry = look_up(table, hash, shape, length)
            begin = (length - 1) & ~<Py_ssize_t> 63
            if cut and entry == NULL:
                scan.unheaded |= <uint64_t> 1 << (hash & 63)
            elif entry == NULL:
                entry = by_stem(table, shape, length, hash)
            if scan.last != NULL:
                watch(scan.last, entry)
        scan.last = entry
        if entry != NULL and entry.kind == BAR:
            if not cut:
                return NULL
            stop = until(here, scan.limit, c"]")
            if stop[0] != c"]":
                return NULL
            stop += 1
            scan.bar, scan.bar_start, scan.bar_stop, scan.told = entry, text, stop, True
            scan.drawn = entry if entry.plain else NULL
            text = stop
            while blank(stop[0]):
                stop += 1
            if stop[0] == 10 or stop[0] == 13:
                scan.recognised += 1
                return stop
            entry = NULL
            continue
        if scan.bar != NULL and not add_bar(scan):
            return NULL
        if entry != NULL and (entry.kind == LINE or entry.kind == SILENT):
            slots = scan.slots
            if slots + entry.count > scan.values or scan.count >= scan.rows:
                return NULL
            stop = run(text, entry, scan)
            if stop != NULL:
                break
            if not cut or not entry.certain:
                return NULL
        elif entry != NULL and entry.kind == STOP:
            return NULL
        if cut:  # what stands before the bracket says too little: the whole may say more
            length = long_shape(text, scan.limit, begin, shape, 10, &of)
            if length < 0:
                return NULL
            here = text + length
            if here[0] != 10 and here[0] != 13:
                return NULL
            restore_ranks(text, length, shape)
            hash = hashed(shape, length)
            of_whole = look_up(table, hash, shape, length)
            if of_whole == NULL:
                of_whole = by_stem(table, shape, length, hash)
            if of_whole == NULL or (entry != NULL and of_whole.order < entry.order):
                return NULL
            entry = of_whole
        if entry == NULL or entry.kind == BAR or entry.kind == STOP:
            return NULL
        slots = scan.slots
        stop = here
        if entry.kind == LINE or entry.kind == SILENT:
            if slots + entry.count > scan.values or scan.count >= scan.rows or run(text, entry, scan) == NULL:
                return NULL
        break
    if entry.kind == UNKNOWN:
        return NULL if scan.strict else stop
    if entry.kind == KNOWN and scan.strict:
        return NULL
    if stop[0] != 10 and stop[0] != 13:
        stop = until(stop, scan.limit, 10)
        if stop[0] != 10 and stop[0] != 13:
            return NULL
    scan.recognised += 1
    if not note(entry, scan):
        return NULL
    if entry.kind == LINE:
        add_row(entry, text, stop, slots, scan)
    else:
        scan.slots = slots
    return stop


cdef inline const uint8_t* line_end(const uint8_t* piece, Table* table, Scan* scan) noexcept nogil:
    """Read one line, up to its newline. Returns what follows it; NULL where Python decides."""
    cdef const uint8_t* stop
    cdef Entry* entry = NULL
    scan.bar = NULL
    while True:
        stop = redraw(piece, scan) if scan.bar != NULL and entry == NULL else NULL
        if stop == NULL:
            stop = piece
            while blank(stop[0]):
                stop += 1
            if stop[0] != 10 and stop[0] != 13:
                scan.segments += 1
                stop = piece_end(piece, entry, table, scan)
                if stop == NULL or stop - piece > LONGEST_LINE:
                    return NULL
        if stop[0] == 13:
            if stop[1] == 10:
                stop += 1
            else:
                piece = stop + 1
                # What is drawn behind a carriage return is mostly what was drawn last.
                entry = scan.drawn if scan.drawn != NULL and has_shape(piece, scan.drawn, scan) else NULL
                continue
        if scan.bar != NULL and not add_bar(scan):
            return NULL
        return stop + 1


cdef void read_lines(Scan* scan, Table* table, Py_ssize_t* read, Py_ssize_t end) noexcept nogil:
    """A line is read whole or not at all."""
    cdef const uint8_t* here = scan.data + read[0]
    cdef const uint8_t* stop = scan.data + end
    cdef Py_ssize_t count, slots, filled, segments, recognised
    cdef int i
    while here < stop:
        count, slots, filled = scan.count, scan.slots, scan.filled
        segments, recognised = scan.segments, scan.recognised
        scan.noted = 0
        here = line_end(here, table, scan)
        if here == NULL:
            scan.count, scan.slots, scan.filled = count, slots, filled
            scan.segments, scan.recognised = segments, recognised
            return
        for i in range(scan.noted):
            scan.by_dialect[scan.dialects[i]] += 1
        scan.newlines += 1
        read[0] = here - scan.data
