# The steps of a spelling (see `program.py`), one after the other.

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
        elif code == DIGITS:
            here += step.length
            scan.whole[slot] = eight_digits(here, step.length)
            scan.size[slot] = 0
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
