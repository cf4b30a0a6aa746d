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

# Blocks that wait for the thread that scans them, at most.
DEF ROOM = 16
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


cdef inline uint64_t stopped(const uint8_t* text, const uint8_t* limit, uint8_t sign) noexcept nogil:
    """As `stops`, where the bytes may end before 64 of them."""
    cdef uint8_t[64] padded
    if text + ABREAST <= limit:
        return stops(text, sign)
    memset(padded, 10, ABREAST)
    memcpy(padded, text, limit - text)
    return stops(padded, sign)


cdef inline const uint8_t* until(const uint8_t* text, const uint8_t* limit, uint8_t sign) noexcept nogil:
    """The next sign, or control character that is no mere space. There is one: the last line has its end."""
    cdef uint64_t found
    cdef const uint8_t* here
    while True:
        found = stopped(text, limit, sign)
        while found:
            here = text + lowest(found)
            if not blank(here[0]) or here[0] == sign:
                return here
            found &= found - 1
        text += ABREAST


cdef inline Py_ssize_t shaped(const uint8_t* text, const uint8_t* limit, Py_ssize_t begin, uint8_t* shape,
                              uint8_t sign, sum* of) noexcept nogil:
    """Write the shape from text[begin] (a multiple of 64) up to and with the sign behind the first byte, or up to a
    control character. Returns its length; -1 where it is too long."""
    cdef Py_ssize_t here, length
    if begin == 0 and limit - text >= SHORT:
        here = first_stop(text, sign)
        if here < SHORT and (text[here] == sign or not blank(text[here])):
            length = here + (text[here] == sign and sign != 10)
            zero_digits(text, shape, min(length, ABREAST), of)
            zero_digits(text + ABREAST, shape + ABREAST, max(length - ABREAST, 0), of)
            return length
    return long_shape(text, limit, begin, shape, sign, of)


cdef Py_ssize_t long_shape(const uint8_t* text, const uint8_t* limit, Py_ssize_t begin, uint8_t* shape, uint8_t sign,
                           sum* of) noexcept nogil:
    """As `shaped`, of any length; 64 bytes at a time."""
    cdef uint64_t found
    cdef Py_ssize_t i = begin, here, length
    cdef uint8_t[64] padded
    cdef const uint8_t* block
    while i < SHAPE_ROOM:
        block = text + i
        if block + ABREAST > limit:
            memset(padded, 10, ABREAST)
            memcpy(padded, block, limit - block)
            block = padded
        found = stops(block, sign)
        while found:
            here = lowest(found)
            if block[here] == sign and i + here > 0 or block[here] < 32 and not blank(block[here]):
                length = here + (block[here] == sign and sign != 10)
                zero_digits(block, shape + i, length, of)
                if i == 0:
                    zero_digits(block, shape + ABREAST, 0, of)
                return i + length
            found &= found - 1
        zero_digits(block, shape + i, ABREAST, of)
        i += ABREAST
    return -1


cdef void restore_ranks(const uint8_t* text, Py_ssize_t length, uint8_t* shape) noexcept nogil:
    """The digits of `[rank0` and `[default0` are part of a shape."""
    cdef const uint8_t* here = text
    cdef const uint8_t* end = text + length
    while here < end:
        here = <const uint8_t*> memchr(here, c"[", end - here)
        if here == NULL:
            return
        if end - here > 5 and memcmp(here, b"[rank", 5) == 0:
            here += 5
        elif end - here > 8 and memcmp(here, b"[default", 8) == 0:
            here += 8
        else:
            here += 1
            continue
        while here < end and digit(here[0]):
            shape[here - text] = here[0]
            here += 1


cdef inline Entry* look_up(Entry** table, uint64_t hash, uint8_t* shape, Py_ssize_t length) noexcept nogil:
    cdef Entry* entry
    cdef int probe
    for probe in range(PROBES):
        entry = published(&table[(hash + probe) & (PLACES - 1)])
        if entry == NULL:
            return NULL
        if entry.hash == hash and entry.length == <size_t> length and same(entry.shape, shape, length):
            return entry
    return NULL


cdef inline bint has_shape(const uint8_t* text, Entry* entry, Scan* scan) noexcept nogil:
    """Whether a text is of a shape that is plain."""
    return (scan.limit - text >= max(<Py_ssize_t> entry.length, ABREAST) + ABREAST
            and alike(text, entry.shape, entry.length)
            and (entry.head or text[entry.length] == 10 or text[entry.length] == 13))


cdef inline Entry* expected(const uint8_t* text, Scan* scan) noexcept nogil:
    """The shape that mostly follows the last one, if it does so here: many lines come in the same order always."""
    cdef Entry* last = scan.last
    cdef Entry* entry
    if last == NULL or not last.expected:
        return NULL
    entry = published(&last.next)
    if has_shape(text, entry, scan):
        return entry
    last.missed += 1
    if last.missed == WATCHED:
        last.expected = last.watched = last.came = last.missed = 0
    return NULL


cdef inline void watch(Entry* last, Entry* entry) noexcept nogil:
    """What follows a line: found as a majority is. Nothing is written once that is known: other threads read it."""
    if last.watched == WATCHED or entry == NULL or not entry.plain:
        return
    last.watched += 1
    if last.next == entry:
        last.came += 1
    elif last.came:
        last.came -= 1
    else:
        publish(&last.next, entry)
    last.expected = last.watched == WATCHED and last.came >= MOST


cdef const uint8_t* slow_number(const uint8_t* text, Py_ssize_t length, double* value) noexcept nogil:
    """What is too long for exact arithmetic. NULL where the C library does not read all of it."""
    cdef char[64] copy
    cdef char* stop
    if length > 63:
        return NULL
    memcpy(copy, text, length)
    copy[length] = 0
    value[0] = strtod(copy, &stop)
    return text + length if stop == copy + length else NULL


cdef inline const uint8_t* digits_on(const uint8_t* here, const uint8_t* limit, uint64_t* read) noexcept nogil:
    """Read digits behind those of a number that have been read. Returns their end; too many make a number of no use."""
    cdef uint64_t some = 0
    cdef int count
    if limit - here >= 8:
        count = leading_digits(here, &some)
        if count < 8:
            if count:
                read[0] = read[0] * TENS[count] + some
            return here + count
    while digit(here[0]):
        read[0] = read[0] * 10 + (here[0] - 48)
        here += 1
    return here


cdef inline const uint8_t* number(const uint8_t* text, const uint8_t* limit, int scale, bint plain, double* value,
                                  bint* missing) noexcept nogil:
    """Read a number, or a percentage (`plain`, scaled by 10 to the -2). Returns its end; NULL where Python decides."""
    cdef const uint8_t* here = text
    cdef const uint8_t* first
    cdef const uint8_t* ahead
    cdef uint64_t mantissa = 0
    cdef int digits = 0, power = -scale, exponent = 0
    cdef bint negative = False, lowered
    cdef double read
    if here[0] == c"-" or here[0] == c"+":
        negative = here[0] == c"-"
        here += 1
    first = here
    here = digits_on(here, limit, &mantissa)
    digits = <int> (here - first)
    if digits == 0:
        if limit - here < 8 or here[0] == c".":
            return NULL
        if memcmp(here, b"nan", 3) == 0 or (not plain and memcmp(here, b"NaN", 3) == 0):
            if plain and here > text:
                return NULL
            value[0] = POWERS[0] * 0.0
            return slow_number(here, 3, value)
        if plain:
            return NULL
        if here == text and memcmp(here, b"None", 4) == 0:
            missing[0] = True
            return here + 4
        if memcmp(here, b"inf", 3) == 0 and memcmp(here, b"infi", 4) != 0:
            return slow_number(text, here + 3 - text, value)
        return NULL
    if not plain and (here[0] == c"," or here[0] == c"_"):
        ahead = here
        while ahead[0] == c"," or ahead[0] == c"_":
            ahead += 1
        if digit(ahead[0]):
            return NULL
    if here[0] == c".":
        here += 1
        first = here
        here = digits_on(here, limit, &mantissa)
        digits += <int> (here - first)
        power -= <int> (here - first)
    if not plain and (here[0] | 32) == c"e":
        ahead = here + 1
        lowered = ahead[0] == c"-"
        if lowered or ahead[0] == c"+":
            ahead += 1
        if digit(ahead[0]):
            while digit(ahead[0]):
                if exponent < 1000:
                    exponent = exponent * 10 + (ahead[0] - 48)
                ahead += 1
            power += -exponent if lowered else exponent
            here = ahead
    if digits > 15 or power < -22 or power > 22:
        return NULL if plain else slow_number(text, here - text, value)
    read = <double> mantissa
    read = read / POWERS[-power] if power < 0 else read * POWERS[power]
    value[0] = -read if negative else read
    return here


cdef inline const uint8_t* integer(const uint8_t* text, const uint8_t* limit, int64_t* value,
                                   bint* missing) noexcept nogil:
    cdef const uint8_t* here = text
    cdef const uint8_t* first
    cdef uint64_t read = 0
    cdef Py_ssize_t digits
    cdef bint negative = False
    if here[0] == c"-" or here[0] == c"+":
        negative = here[0] == c"-"
        here += 1
    first = here
    here = digits_on(here, limit, &read)
    digits = here - first
    if digits == 0:
        if here == text and limit - here >= 4 and memcmp(here, b"None", 4) == 0:
            missing[0] = True
            return here + 4
        return NULL
    while here[0] == c"," and digit(here[1]) and digit(here[2]) and digit(here[3]):
        if digits > 15:
            return NULL
        read = read * 1000 + ((here[1] - 48) * 100 + (here[2] - 48) * 10 + (here[3] - 48))
        digits += 3
        here += 4
    if digits > 16:  # how long a count may be, Python says
        return NULL
    value[0] = -<int64_t> read if negative else <int64_t> read
    return here


cdef const uint8_t* loose_list(const uint8_t* here, const uint8_t* limit, Scan* scan) noexcept nogil:
    """`1, -100, 3]`, a number at a time; a last comma or none at all is for Python to judge."""
    cdef int64_t value
    cdef int digits
    cdef bint negative
    if here[0] == c"]":
        return here + 1
    while True:
        negative = here[0] == c"-"
        here += negative
        value = 0
        digits = 0
        while digit(here[0]) and digits < 10:
            value = value * 10 + (here[0] - 48)
            digits += 1
            here += 1
        if digits == 0 or digits > 9 or scan.filled >= scan.room:
            return NULL
        scan.items[scan.filled] = <int32_t> (-value if negative else value)
        scan.filled += 1
        if here[0] == c"]":
            return here + 1
        if here[0] != c",":
            return NULL
        here += 1
        if here[0] == c" ":
            here += 1


cdef inline const uint8_t* integers(const uint8_t* here, Scan* scan) noexcept nogil:
    """A list as Python prints it, behind its bracket: 64 bytes at a time, without a branch on any of them."""
    cdef marks of
    cdef uint64_t other, inside, numbers, ends, wrong
    cdef int stop, begin, end, longest
    cdef int64_t value, minus
    cdef int32_t* items = scan.items
    cdef Py_ssize_t filled = scan.filled
    while here + 64 <= scan.limit and here - scan.data >= 8 and filled + 64 <= scan.room:
        of = marked(here)
        other = ~(of.digits | of.commas | of.spaces | of.minus)
        if other:
            stop = lowest(other)
            if here[stop] != c"]" or stop == 0:
                break
        else:  # up to the last comma of the 64 bytes
            if (of.commas << 1) == 0:
                break
            stop = 62 - __builtin_clzll(of.commas << 1)
        inside = (<uint64_t> 1 << stop) - 1
        # A space behind every comma and nowhere else, a minus sign only before a number, a number before every end.
        numbers = of.digits & inside
        ends = (of.commas & inside) | (<uint64_t> 1 << stop)
        wrong = (of.spaces ^ (of.commas << 1)) & inside
        wrong |= of.minus & inside & ~((of.spaces << 1) | 1)
        wrong |= (of.minus & inside) & ~(of.digits >> 1)
        wrong |= (ends >> 1) & ~numbers
        wrong |= ends & 1
        if wrong:
            break
        begin = 0
        while ends:
            end = lowest(ends)
            ends &= ends - 1
            minus = (of.minus >> begin) & 1
            longest = end - begin - <int> minus
            if longest > 8:
                scan.filled = filled
                return loose_list(here + begin, scan.limit, scan)
            value = eight_digits(here + end, longest)
            items[filled] = <int32_t> ((value ^ -minus) + minus)
            filled += 1
            begin = end + 2
        if other:
            scan.filled = filled
            return here + stop + 1
        here += stop + 1
        if here[0] != c" ":
            break
        here += 1
    scan.filled = filled
    return loose_list(here, scan.limit, scan)


cdef const uint8_t* sizes(const uint8_t* here, const uint8_t* limit, Scan* scan, bint* missing) noexcept nogil:
    """`torch.Size([2, 8])`, `[2, 8]`, `(2, 8)`."""
    cdef const uint8_t* first
    cdef int64_t value
    if limit - here > 12 and memcmp(here, b"torch.Size(", 11) == 0:
        here += 11
    elif limit - here > 4 and memcmp(here, b"None", 4) == 0:
        missing[0] = True
        return here + 4
    if here[0] != c"[" and here[0] != c"(":
        return NULL
    here += 1
    while digit(here[0]):
        first = here
        value = 0
        while digit(here[0]) and here - first < 10:
            value = value * 10 + (here[0] - 48)
            here += 1
        if here - first > 9 or scan.filled >= scan.room:
            return NULL
        scan.items[scan.filled] = <int32_t> value
        scan.filled += 1
        if here[0] == c",":
            here += 1
            if here[0] == c" ":
                here += 1
        elif here[0] != c"]" and here[0] != c")":
            return NULL
    if here[0] != c"]" and here[0] != c")":
        return NULL
    here += 1
    return here + (here[0] == c")")


cdef inline bint any_number(uint8_t c) noexcept nogil:
    return digit(c) or c == c"-" or c == c"+" or c == c"." or c == c"e" or c == c"E" or c == c"i" or c == c"n" \
        or c == c"f" or c == c"a" or c == c"N"


cdef const uint8_t* skipped(const uint8_t* here, bint whole) noexcept nogil:
    """A number whose value nothing keeps."""
    cdef const uint8_t* first = here
    if whole:
        while digit(here[0]) or here[0] == c"-" or here[0] == c"+":
            here += 1
    else:
        while any_number(here[0]):
            here += 1
    if here == first:
        return NULL
    while here[0] == c"," and digit(here[1]) and digit(here[2]) and digit(here[3]):
        here += 4
    return here


cdef inline const uint8_t* run(const uint8_t* text, Entry* entry, Scan* scan) noexcept nogil:
    """Read the values of a line. Returns how far; NULL where Python decides."""
    cdef const uint8_t* here = text
    cdef const uint8_t* stop
    cdef const uint8_t* last
    cdef const uint8_t* limit = scan.limit
    cdef Step* step = entry.steps
    cdef Step* end = step + entry.count
    cdef Py_ssize_t slot = scan.slots, first
    cdef bint missing
    cdef int code
    while step < end:
        here = text + step.at if step.at >= 0 else here
        code = step.code
        missing = False
        if code == LITERAL:
            if limit - here < step.length or memcmp(here, step.words, step.length) != 0:
                return NULL
            here += step.length
        elif code == OPTIONAL:
            if limit - here >= step.length and memcmp(here, step.words, step.length) == 0:
                here += step.length
        elif code == SPACES:
            while blank(here[0]):
                here += 1
        elif code == NUMBER:
            here = number(here, limit, 0, False, &scan.real[slot], &missing)
            if here == NULL:
                return NULL
            scan.size[slot] = -missing
            slot += 1
        elif code == INTEGERS:
            if here[0] != c"[":
                return NULL
            first = scan.filled
            here = integers(here + 1, scan)
            if here == NULL:
                return NULL
            scan.whole[slot] = first
            scan.size[slot] = <int32_t> (scan.filled - first)
            slot += 1
        elif code == INTEGER:
            here = integer(here, limit, &scan.whole[slot], &missing)
            if here == NULL:
                return NULL
            scan.size[slot] = -missing
            slot += 1
        elif code == PERCENT:
            here = number(here, limit, 2, True, &scan.real[slot], &missing)
            if here == NULL:
                return NULL
            scan.size[slot] = -missing
            slot += 1
        elif code == SHAPE:
            first = scan.filled
            here = sizes(here, limit, scan, &missing)
            if here == NULL:
                return NULL
            scan.whole[slot] = first
            scan.size[slot] = -1 if missing else <int32_t> (scan.filled - first)
            slot += 1
        elif code == TEXT:
            scan.whole[slot] = here - scan.data
            scan.size[slot] = step.length
            here += step.length
            slot += 1
        elif code == ANY_NUMBER or code == ANY_INTEGER:
            here = skipped(here, code == ANY_INTEGER)
            if here == NULL:
                return NULL
        elif code == UNTIL:
            stop = until(here, limit, 10)
            while True:
                here = <const uint8_t*> memchr(here, step.words[0], stop - here)
                if here == NULL or stop - here < step.length:
                    return NULL
                if memcmp(here, step.words, step.length) == 0:
                    break
                here += 1
            here += step.length
        elif code == BRACKETED or code == REST:
            stop = until(here, limit, 10)
            if code == BRACKETED:
                if here[0] != c"[":
                    return NULL
                here += 1
                last = <const uint8_t*> memchr(here, c"]", stop - here)
                if last == NULL:
                    return NULL
            else:
                last = stop
                while last > here and blank((last - 1)[0]):
                    last -= 1
            if last == here:
                return NULL
            scan.whole[slot] = here - scan.data
            scan.size[slot] = <int32_t> (last - here)
            slot += 1
            here = last + (code == BRACKETED)
        elif code == END:
            while blank(here[0]):
                here += 1
            if here[0] != 10 and here[0] != 13:
                return NULL
        elif code == NOT_NUMBER:
            if worded(here[0]) or here[0] == c"%":
                return NULL
        elif code == NOT_WORD:
            if worded(here[0]):
                return NULL
        step += 1
    scan.slots = slot
    return here


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


cdef inline bint told_position(const uint8_t* text, Entry* entry, int64_t* values) noexcept nogil:
    """As `position`, where the shape tells where the numbers stand, and an hour is not over. False where it does not."""
    cdef const uint8_t* here = text + entry.length
    if not entry.lengths[0] or not (digit(here[0]) and digit(here[1]) and here[2] == c":" and digit(here[3])
                                    and digit(here[4]) and not digit(here[5]) and here[5] != c":"):
        return False
    values[0] = eight_digits(text + entry.ends[0], entry.lengths[0])
    values[1] = eight_digits(text + entry.ends[1], entry.lengths[1])
    values[2] = 60 * (10 * (here[0] - 48) + here[1] - 48) + 10 * (here[3] - 48) + here[4] - 48
    return True


cdef inline const uint8_t* digits(const uint8_t* here, int most, int64_t* value) noexcept nogil:
    """Read a count of at most so many digits. NULL where there is none."""
    cdef const uint8_t* first = here
    value[0] = 0
    while digit(here[0]) and here - first < most:
        value[0] = value[0] * 10 + (here[0] - 48)
        here += 1
    return here if here > first and not digit(here[0]) else NULL


cdef bint position(const uint8_t* here, int64_t* values) noexcept nogil:
    """As `program.POSITION`, behind the `|`. Values: position, planned, seconds."""
    cdef int64_t first = 0, second = 0, third = 0
    while here[0] == c" ":
        here += 1
    here = digits(here, 18, &values[0])
    if here == NULL or here[0] != c"/":
        return False
    here = digits(here + 1, 18, &values[1])
    if here == NULL or here[0] != c" " or here[1] != c"[":
        return False
    here = digits(here + 2, 9, &first)
    if here == NULL or here[0] != c":":
        return False
    here = digits(here + 1, 9, &second)
    if here == NULL:
        return False
    values[2] = 60 * first + second
    if here[0] == c":" and digits(here + 1, 9, &third) != NULL:
        values[2] = 60 * values[2] + third
    return True


cdef inline const uint8_t* percentage(const uint8_t* here, const uint8_t* stop) noexcept nogil:
    """Where the sign of a bar's percentage stands. NULL where there is none."""
    while True:
        here = <const uint8_t*> memchr(here, c"%", stop - here)
        if here == NULL or here[1] == c"|":
            return here
        here += 1


cdef bint add_bar(Scan* scan) noexcept nogil:
    """The bar that stands until here. False where Python decides."""
    cdef Entry* entry = scan.bar
    cdef const uint8_t* text = scan.bar_start
    cdef const uint8_t* stop = scan.bar_stop
    cdef const uint8_t* here = text
    cdef const uint8_t* last
    cdef int64_t[3] values
    cdef uint64_t loop, word
    cdef Py_ssize_t slot = scan.slots, i
    scan.bar = NULL
    if scan.count >= scan.rows or slot + 4 > scan.values:
        return False
    if scan.told and entry.name >= 0:
        last = text + entry.name
    else:
        last = percentage(text, stop)
        if last == NULL:
            return False
        while last > text and (digit((last - 1)[0]) or (last - 1)[0] == c" "):
            last -= 1
    if not scan.told or not told_position(text, entry, values) and (
            entry.place < 0 or not position(text + entry.place, values)):
        here = text
        while True:
            here = <const uint8_t*> memchr(here, c"|", stop - here)
            if here == NULL:
                values[0], values[1], values[2] = -1, 0, -1
                break
            here += 1
            if position(here, values):
                break
    loop = <uint64_t> entry.rank * <uint64_t> 0x9E3779B97F4A7C15 ^ <uint64_t> values[1]
    while text < last:
        word = 0
        if last - text >= 8:
            memcpy(&word, text, 8)
        else:
            memcpy(&word, text, last - text)
        loop = (loop ^ word) * <uint64_t> 0x9E3779B97F4A7C15
        loop ^= loop >> 32
        text += 8
    scan.whole[slot] = values[0]
    scan.whole[slot + 1] = values[1]
    scan.real[slot + 2] = <double> values[2]
    scan.whole[slot + 3] = <int64_t> loop
    for i in range(4):
        scan.size[slot + i] = 0
    scan.slots = slot + 4
    return note(entry, scan) and add_row(entry, scan.bar_start, stop, slot, scan)


cdef inline const uint8_t* redraw(const uint8_t* piece, Scan* scan) noexcept nogil:
    """Skip a bar that another was drawn over: nothing but that is kept of it. NULL where it is none."""
    cdef const uint8_t* stop = until(piece, scan.limit, c"]")
    if stop[0] != c"]" or stop == piece or stop[1] != 13 or stop - piece >= LONGEST_LINE:
        return NULL
    if percentage(piece, stop) == NULL:
        return NULL
    scan.told = False
    scan.bar_start, scan.bar_stop = piece, stop + 1
    scan.segments += 1
    scan.recognised += 1
    return stop + 1


cdef inline const uint8_t* piece_end(const uint8_t* text, Entry* entry, Entry** table, Scan* scan) noexcept nogil:
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
            length = shaped(text, scan.limit, 0, shape, c"[", &of)
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
            length = shaped(text, scan.limit, begin, shape, 10, &of)
            if length < 0:
                return NULL
            here = text + length
            if here[0] != 10 and here[0] != 13:
                return NULL
            restore_ranks(text, length, shape)
            of_whole = look_up(table, hashed(shape, length), shape, length)
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


cdef inline const uint8_t* line_end(const uint8_t* piece, Entry** table, Scan* scan) noexcept nogil:
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


cdef void read_lines(Scan* scan, Entry** table, Py_ssize_t* read, Py_ssize_t end) noexcept nogil:
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


cdef class Shapes:
    """The shapes that have been seen, and how lines of each are read. One thread teaches; any may scan meanwhile."""

    cdef Entry** table
    cdef int taught
    #: How many shapes of heads were taught: what was scanned with fewer may be read otherwise now.
    cdef readonly int heads
    cdef list _heads

    def __cinit__(self):
        global LONGEST_LINE
        LONGEST_LINE = program.LONGEST_LINE  # tests make it short
        self._heads = []
        self.table = <Entry**> calloc(PLACES, sizeof(Entry*))
        if self.table == NULL:
            raise MemoryError

    def __dealloc__(self):
        cdef Py_ssize_t place
        if self.table == NULL:
            return
        for place in range(PLACES):
            if self.table[place] != NULL:
                free(self.table[place])
        free(self.table)

    def teach(self, bytes shape, bint head, int kind, int plan, int dialect, int rank, bint certain, tuple steps):
        """Lines of this shape are of this kind, and read by these steps: see `program.py`."""
        cdef size_t length = len(shape), room = sizeof(Entry) + len(steps) * sizeof(Step)
        cdef size_t padded = max(length // ABREAST + 1, SHORT // ABREAST) * ABREAST
        cdef bytes words
        cdef uint8_t* free_bytes
        cdef Entry* entry
        cdef uint64_t place
        cdef int i
        if length > <size_t> _LONGEST_SHAPE:
            return
        room += padded
        for _, _, _, words in steps:
            room += len(words)
        entry = <Entry*> calloc(room, 1)
        if entry == NULL:
            raise MemoryError
        entry.shape, entry.length = <uint8_t*> (entry + 1), length
        memcpy(entry.shape, <const char*> shape, length)
        entry.hash = hashed(entry.shape, length)
        entry.steps = <Step*> (entry.shape + padded)
        free_bytes = <uint8_t*> (entry.steps + len(steps))
        entry.kind, entry.plan, entry.dialect, entry.rank = kind, plan, dialect, rank
        entry.certain, entry.order, entry.count = certain, self.taught, len(steps)
        entry.name = entry.place = -1
        if kind == BAR and head:
            entry.name = len(shape[: shape.find(b"%|")].rstrip(b"0123456789 ")) if b"%|" in shape else -1
            found = PLACE.search(shape)
            entry.place = found.start() + 1 if found else -1
            if found and found.end(1) >= 8 and max(len(found[1]), len(found[2])) <= 8:
                for i in range(2):
                    entry.ends[i], entry.lengths[i] = found.end(i + 1), len(found[i + 1])
        entry.head, entry.plain = head, length > 0 and shape[0] != b"["[0] and shape.find(b"[", 0, length - head) < 0
        for i, (code, at, size, words) in enumerate(steps):
            entry.steps[i].code, entry.steps[i].at = code, at
            entry.steps[i].length = size
            entry.steps[i].words = free_bytes
            memcpy(free_bytes, <const char*> words, len(words))
            free_bytes += len(words)
        for i in range(PROBES):
            place = (entry.hash + i) & (PLACES - 1)
            if self.table[place] == NULL:
                self.taught += 1
                if head:
                    self._heads.append(<uint64_t> 1 << (entry.hash & 63))
                    self.heads += 1
                publish(&self.table[place], entry)
                return
            if self.table[place].hash == entry.hash and self.table[place].length == length and \
                    same(self.table[place].shape, entry.shape, length):
                break
        free(entry)

    def heads_since(self, int heads):
        """The heads taught since there were so many, as bits of a set: see `Lines.unheaded`."""
        cdef uint64_t found = 0
        for bit in self._heads[heads:]:
            found |= <uint64_t> bit
        return found

    def ahead(self):
        """What scans blocks in other threads."""
        return Ahead(self)

    def scan(self, lines, bint strict=False):
        """Read whole lines from `lines.read` on, up to the first that Python has to read. `strict`: a span is open."""
        cdef Scan scan
        if self.begin(lines, strict, &scan):
            with nogil:
                read_lines(&scan, self.table, &scan.read, scan.end)
            finish(lines, &scan)

    cdef bint begin(self, lines, bint strict, Scan* scan) except -1:
        """Where the scan of these lines reads and writes, as long as they exist; False where it cannot."""
        cdef const uint8_t[::1] data = lines.data
        cdef int32_t[::1] plan = lines.plan, line = lines.line, start = lines.start, stop = lines.stop
        cdef int32_t[::1] slot = lines.slot, size = lines.size, items = lines.items
        cdef double[::1] real = lines.real
        cdef int64_t[::1] whole = lines.whole, by_dialect = lines.by_dialect
        scan.read, scan.end = lines.read, lines.end
        if scan.read >= scan.end or data[scan.end - 1] != 10:
            return False
        scan.data, scan.limit = &data[0], &data[0] + len(data)
        scan.plan, scan.line, scan.start, scan.stop, scan.slot = &plan[0], &line[0], &start[0], &stop[0], &slot[0]
        scan.real, scan.whole, scan.size, scan.items = &real[0], &whole[0], &size[0], &items[0]
        scan.by_dialect = &by_dialect[0]
        scan.rows, scan.values, scan.room = len(plan), len(real), len(items)
        scan.count, scan.slots, scan.filled = lines.count, lines.slots, lines.filled
        scan.segments, scan.recognised, scan.newlines = lines.segments, lines.recognised, lines.newlines
        scan.strict, scan.last, scan.drawn, scan.unheaded = strict, NULL, NULL, lines.unheaded
        return True


cdef finish(lines, Scan* scan):
    """How far the scan of these lines has come."""
    lines.count, lines.slots, lines.filled = scan.count, scan.slots, scan.filled
    lines.segments, lines.recognised, lines.newlines = scan.segments, scan.recognised, scan.newlines
    lines.read, lines.unheaded = scan.read, scan.unheaded


cdef struct Task:
    Scan scan
    bint scans, over
    PyThread_type_lock given, done


cdef class Ahead:
    """Blocks that threads scan ahead, without Python and without its lock: `put` one, `get` it back in its turn.

    Each of the threads calls `work`, and ends when `end` is called. Blocks that are put and not got yet: at most ROOM.
    """

    cdef Shapes shapes
    cdef list lines
    cdef Task[ROOM] tasks
    cdef readonly Py_ssize_t given, taken

    def __cinit__(self, Shapes shapes):
        cdef int i
        self.shapes, self.lines = shapes, [None] * ROOM
        for i in range(ROOM):
            self.tasks[i].given, self.tasks[i].done = PyThread_allocate_lock(), PyThread_allocate_lock()
            if self.tasks[i].given == NULL or self.tasks[i].done == NULL:
                raise MemoryError
            PyThread_acquire_lock(self.tasks[i].given, WAIT_LOCK)
            PyThread_acquire_lock(self.tasks[i].done, WAIT_LOCK)

    def __dealloc__(self):
        cdef int i
        for i in range(ROOM):
            if self.tasks[i].given != NULL:
                PyThread_free_lock(self.tasks[i].given)
            if self.tasks[i].done != NULL:
                PyThread_free_lock(self.tasks[i].done)

    @property
    def full(self):
        return self.given - self.taken == ROOM

    def __len__(self):
        return self.given - self.taken

    def put(self, lines):
        """Have this block scanned."""
        cdef Task* task = &self.tasks[self.given % ROOM]
        lines.heads = self.shapes.heads
        task.scans = self.shapes.begin(lines, False, &task.scan)
        self.lines[self.given % ROOM] = lines
        self.given += 1
        PyThread_release_lock(task.given)

    def get(self):
        """The first block that was put and not got, scanned. There must be one."""
        cdef Task* task = &self.tasks[self.taken % ROOM]
        if not PyThread_acquire_lock(task.done, NOWAIT_LOCK):
            with nogil:
                PyThread_acquire_lock(task.done, WAIT_LOCK)
        lines, self.lines[self.taken % ROOM] = self.lines[self.taken % ROOM], None
        self.taken += 1
        if task.scans:
            finish(lines, &task.scan)
        return lines

    def work(self, Py_ssize_t first, Py_ssize_t step):
        """Scan every step-th block from the first on, until the end."""
        cdef Py_ssize_t number = first
        cdef Task* task
        with nogil:
            while True:
                task = &self.tasks[number % ROOM]
                PyThread_acquire_lock(task.given, WAIT_LOCK)
                if task.over:
                    break
                if task.scans:
                    read_lines(&task.scan, self.shapes.table, &task.scan.read, task.scan.end)
                PyThread_release_lock(task.done)
                number += step

    def end(self):
        """No more blocks come: the threads end, whatever has been put."""
        cdef int i
        for i in range(ROOM):
            self.tasks[i].over = True
        for i in range(self.given, self.taken + ROOM):
            PyThread_release_lock(self.tasks[i % ROOM].given)
