# Lines, and the pieces that carriage returns cut them into: read one after the other.

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
    cdef uint64_t hash
    cdef const uint8_t* stop
    cdef const uint8_t* here
    cdef int64_t length
    cdef Py_ssize_t slots, begin
    cdef Entry* of_whole
    cdef bint cut
    while True:
        if entry == NULL:
            entry = expected(text, scan)
        if entry != NULL:
            length, cut, begin = entry.length, entry.head, 0
            here = text + length
        else:
            hash = shaped(text, scan.limit, shape, c"[", &length)
            if length < 0:
                return NULL
            here = text + length
            cut = length > 1 and (here - 1)[0] == c"["
            if not cut and here[0] != 10 and here[0] != 13:
                return NULL
            if text[0] == c"[":
                restore_ranks(text, length, shape)
                hash = hashed(shape, length)
            entry = look_up(table, hash, shape, length)
            begin = (length - 1) & ~<Py_ssize_t> 63
            if cut and entry == NULL:
                entry = by_head(table, shape, length, hash, scan)
            elif entry == NULL:
                entry = by_stem(table, text, shape, length, hash, scan)
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
            if slots + entry.count >= scan.values or scan.count >= scan.rows:
                return NULL
            stop = run(text, entry, scan)
            if stop != NULL:
                break
            if not cut or not entry.certain:
                return NULL
        elif entry != NULL and entry.kind == STOP:
            return NULL
        if cut:  # what stands before the bracket says too little: the whole may say more
            long_shape(text, scan.limit, begin, shape, 10, &length)
            if length < 0:
                return NULL
            here = text + length
            if here[0] != 10 and here[0] != 13:
                return NULL
            restore_ranks(text, length, shape)
            hash = hashed(shape, length)
            of_whole = look_up(table, hash, shape, length)
            if of_whole == NULL:
                of_whole = by_stem(table, text, shape, length, hash, scan)
            if of_whole == NULL or (entry != NULL and of_whole.order < entry.order):
                return NULL
            entry = of_whole
        if entry == NULL or entry.kind == BAR or entry.kind == STOP:
            return NULL
        slots = scan.slots
        stop = here
        if entry.kind == LINE or entry.kind == SILENT:
            if slots + entry.count >= scan.values or scan.count >= scan.rows or run(text, entry, scan) == NULL:
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
        if entry.stamped:
            scan.whole[scan.slots] = milliseconds(text + entry.stamp, entry.stamped - entry.stamp)
            scan.size[scan.slots] = 0
            scan.slots += 1
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
