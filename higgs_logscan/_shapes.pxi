# Shapes: how one is written and looked up, and what is expected to follow; the table that they are taught to.

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


cdef inline uint64_t shaped(const uint8_t* text, const uint8_t* limit, uint8_t* shape, uint8_t sign,
                            int64_t* length) noexcept nogil:
    """Write the shape of a text up to and with the sign behind the first byte, or up to a control character. Returns
    its hash, and its length; that is -1 where it is too long."""
    cdef uint64_t hash = 0
    length[0] = -1
    if limit - text >= SHORT:
        hash = short_shape(text, sign, shape, length)
    return hash if length[0] >= 0 else long_shape(text, limit, 0, shape, sign, length)


cdef uint64_t long_shape(const uint8_t* text, const uint8_t* limit, Py_ssize_t begin, uint8_t* shape, uint8_t sign,
                         int64_t* length) noexcept nogil:
    """The same of any length, from text[begin] (a multiple of 64) on, 64 bytes at a time. A newline is no part of it. The
    hash is that of the shape where all of it is written."""
    cdef sum of = EMPTY_SUM
    cdef uint64_t found
    cdef Py_ssize_t i = begin, here, rest
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
                rest = here + (block[here] == sign and sign != 10)
                zero_digits(block, shape + i, rest, &of)
                if i == 0:
                    zero_digits(block, shape + ABREAST, 0, &of)
                length[0] = i + rest
                return hash_of(of, i + rest)
            found &= found - 1
        zero_digits(block, shape + i, ABREAST, &of)
        i += ABREAST
    length[0] = -1
    return 0


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


cdef inline Entry* look_up(Table* table, uint64_t hash, const uint8_t* shape, Py_ssize_t length) noexcept nogil:
    cdef Entry* entry
    cdef int probe
    for probe in range(PROBES):
        entry = published(&table.places[(hash + probe) & (PLACES - 1)])
        if entry == NULL:
            return NULL
        if entry.hash == hash and entry.length == <size_t> length and same(shape_of(entry), shape, length):
            return entry
    return NULL


cdef inline bint has_shape(const uint8_t* text, Entry* entry, Scan* scan) noexcept nogil:
    """Whether a text is of a shape that is plain."""
    return (scan.limit - text >= max(<Py_ssize_t> entry.length, ABREAST) + ABREAST
            and alike(text, shape_of(entry), entry.length)
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


cdef bint plain(bytes shape, bint head):
    """Whether a shape shows no bracket but one at its end."""
    return len(shape) > 0 and shape[0] != c"[" and shape.find(b"[", 0, len(shape) - head) < 0


cdef class Shapes:
    """The shapes that have been seen, and how lines of each are read. One thread teaches; any may scan meanwhile."""

    cdef Table table
    #: How many shapes of heads were taught: what was scanned with fewer may be read otherwise now.
    cdef readonly int heads
    cdef list _heads

    def __cinit__(self):
        global LONGEST_LINE
        LONGEST_LINE = program.LONGEST_LINE  # tests make it short
        self._heads = []
        self.table.places = <Entry**> calloc(PLACES, sizeof(Entry*))
        if self.table.places == NULL:
            raise MemoryError

    def __dealloc__(self):
        cdef Py_ssize_t place
        if self.table.places == NULL:
            return
        for place in range(PLACES):
            free(self.table.places[place])
        free(self.table.places)

    def teach(self, bytes shape, bint head, int kind, int plan, int dialect, int rank, tuple stamp, bint certain,
              tuple steps):
        """Lines of this shape are of this kind, and read by these steps: see `program.py`. `stamp`: from where to where
        a timestamp is read as well."""
        cdef Entry* entry
        if len(shape) > _LONGEST_SHAPE:
            return
        entry = new_entry(shape, b"", kind, plan, dialect, rank, stamp, steps)
        entry.certain, entry.order = certain, self.table.taught
        entry.head, entry.plain = head, plain(shape, head)
        if kind == BAR and head:
            place_bar(entry, shape)
        count_digits(entry)
        if not insert(&self.table, entry):
            free(entry)
        elif head:
            self._heads.append(<uint64_t> 1 << (entry.hash & 63))
            self.heads += 1

    def teach_stem(self, bytes shape, int fixed, int kind, int plan, int dialect, int rank, tuple stamp, tuple steps):
        """So are lines whose shape differs from this one only in how many digits its numbers have, all but those of its
        first bytes. None of them ends with a bracket."""
        cdef uint8_t[4096 + 128] stem
        cdef Entry* entry
        cdef Py_ssize_t length
        if len(shape) > _LONGEST_SHAPE:
            return
        length = stem_of(<const uint8_t*> <const char*> shape, len(shape), stem)
        entry = new_entry(stem[:length], shape[:fixed], kind, plan, dialect, rank, stamp, steps)
        entry.hash = ~entry.hash
        entry.order, entry.plain = self.table.taught, plain(shape, False)
        if not insert(&self.table, entry):
            free(entry)

    def heads_since(self, int heads):
        """The heads taught since there were so many, as bits of a set: see `Lines.unheaded`."""
        cdef uint64_t found = 0
        for bit in self._heads[heads:]:
            found |= <uint64_t> bit
        return found

    def ahead(self, int descriptor, int64_t byte, Py_ssize_t block):
        """What scans blocks in other threads: see `Ahead`. The descriptor is -1 where blocks are read already."""
        return Ahead(self, descriptor, byte, block)

    def scan(self, lines, bint strict=False):
        """Read whole lines from `lines.read` on, up to the first that Python has to read. `strict`: a span is open."""
        cdef Scan scan
        self.begin(lines, strict, &scan)
        with nogil:
            if whole_lines(&scan):
                read_lines(&scan, &self.table, &scan.read, scan.end)
        finish(lines, &scan)

    cdef begin(self, lines, bint strict, Scan* scan):
        """Where the scan of these lines reads and writes, as long as they exist."""
        cdef const uint8_t[::1] data = lines.data
        cdef int64_t[::1] by_dialect = lines.by_dialect
        cdef size_t plan, line, start, stop, slot, real, whole, size, items
        columns = lines.columns()
        plan, line, start, stop, slot, real, whole, size, items = columns.addresses
        scan.plan, scan.line, scan.start = <int32_t*> plan, <int32_t*> line, <int32_t*> start
        scan.stop, scan.slot = <int32_t*> stop, <int32_t*> slot
        scan.real, scan.whole, scan.size = <double*> real, <int64_t*> whole, <int32_t*> size
        scan.items, scan.by_dialect = <int32_t*> items, &by_dialect[0]
        scan.rows, scan.values, scan.room = len(columns.of_lines[0]), len(columns.of_values[0]), len(columns.items)
        scan.read, scan.end = lines.read, lines.end
        scan.data, scan.limit = &data[0], &data[0] + len(data)
        scan.count, scan.slots, scan.filled = lines.count, lines.slots, lines.filled
        scan.segments, scan.recognised, scan.newlines = lines.segments, lines.recognised, lines.newlines
        scan.strict, scan.last, scan.drawn, scan.unheaded = strict, NULL, NULL, lines.unheaded


cdef inline bint whole_lines(const Scan* scan) noexcept nogil:
    return scan.read < scan.end and scan.data[scan.end - 1] == 10


cdef finish(lines, Scan* scan):
    """How far the scan of these lines has come."""
    lines.count, lines.slots, lines.filled = scan.count, scan.slots, scan.filled
    lines.segments, lines.recognised, lines.newlines = scan.segments, scan.recognised, scan.newlines
    lines.read, lines.unheaded = scan.read, scan.unheaded
