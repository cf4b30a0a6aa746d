# Progress bars. What they draw is no part of the shapes of their heads (`plan.head_shape`). Those stand in the table by the
# complement of their hash, as stems do: no stem is that of a bar.

cdef Py_ssize_t undrawn(const uint8_t* shape, Py_ssize_t length, uint8_t* bare, Py_ssize_t* drawn) noexcept nogil:
    """Write a head without what a bar draws in it, padded. Returns its length, or 0 where nothing is drawn; `drawn`
    becomes how many bytes are left out."""
    cdef const uint8_t* end = shape + length
    cdef const uint8_t* begin = percentage(shape, end)
    cdef const uint8_t* here
    if begin == NULL:
        return 0
    here = begin = begin + 2
    while here < end and (here[0] >= 128 or here[0] == c" " or here[0] == c"#"):
        here += 1
    if here >= end or here[0] != c"|":
        return 0
    drawn[0] = here - begin
    length -= drawn[0]
    memcpy(bare, shape, begin - shape)
    memcpy(bare + (begin - shape), here, end - here)
    memset(bare + length, 0, padded(length) - length)
    return length


cdef place_bar(Entry* entry, bytes shape):
    """Note where the name of a bar ends and its position stands, as far as the shape of its head tells; and have the
    entry found by what is not drawn."""
    cdef uint8_t[4096 + 128] bare
    cdef Py_ssize_t drawn = 0
    cdef int i
    entry.name = len(shape[: shape.find(b"%|")].rstrip(b"0123456789 ")) if b"%|" in shape else -1
    found = PLACE.search(shape)
    entry.place = found.start() + 1 if found else -1
    if found and found.end(1) >= 8 and max(len(found[1]), len(found[2])) <= 8:
        for i in range(2):
            entry.ends[i], entry.lengths[i] = found.end(i + 1), len(found[i + 1])
    if undrawn(shape_of(entry), entry.length, bare, &drawn):
        entry.hash = ~entry.hash


cdef Entry* by_head(Table* table, const uint8_t* shape, Py_ssize_t length, uint64_t hash, Scan* scan) noexcept nogil:
    """The entry of the head of a bar: it is taught now, as one is that differs only in what is drawn. NULL, and noted,
    where none is taught."""
    cdef uint8_t[4096 + 128] bare
    cdef Py_ssize_t drawn = 0, of_bare = undrawn(shape, length, bare, &drawn)
    cdef uint64_t of_hash = ~hashed(bare, of_bare) if of_bare else hash
    cdef Entry* of = look_up(table, of_hash, bare, of_bare) if of_bare else NULL
    cdef Entry* entry
    cdef int i
    if of == NULL:
        scan.unheaded |= <uint64_t> 1 << (of_hash & 63)
        return NULL
    entry = derived(table, of, shape, length, hash)
    if entry == NULL:
        return NULL
    if of.place >= 0:
        entry.place += <int> drawn
    for i in range(2):
        entry.ends[i] += <int> drawn
    return taught(table, entry)


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
    cdef Py_ssize_t slot = scan.slots
    scan.bar = NULL
    if scan.count >= scan.rows or slot + 2 > scan.values:
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
    scan.whole[slot], scan.real[slot] = values[0], <double> values[1]
    scan.whole[slot + 1], scan.real[slot + 1] = <int64_t> loop, <double> values[2]
    scan.size[slot] = scan.size[slot + 1] = 0
    scan.slots = slot + 2
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
