# The table that shapes are taught to; and stems: shapes with every number as one digit. They stand in the same table,
# by the complement of their hash.

cdef struct Table:
    Entry** places
    int taught
    char busy


cdef inline size_t padded(size_t length) noexcept nogil:
    """Bytes of a shape and of the zeros behind it, as far as one is looked at."""
    return max(length // ABREAST + 1, <size_t> SHORT // ABREAST) * ABREAST


cdef inline uint8_t* shape_of(Entry* entry) noexcept nogil:
    """It stands behind its entry, where a processor can look at it before it has read the entry."""
    return <uint8_t*> (entry + 1)


cdef inline Step* steps_behind(Entry* entry) noexcept nogil:
    """Where steps of its own stand, behind its shape."""
    return <Step*> (shape_of(entry) + padded(entry.length))


cdef Entry* new_entry(bytes shape, bytes fixed, int kind, int plan, int dialect, int rank, tuple stamp,
                      tuple steps) except NULL:
    """What lines of this shape have in common; `fixed` is what a stem fixes of their shapes."""
    cdef size_t length = len(shape), room = sizeof(Entry) + padded(len(shape)) + len(steps) * sizeof(Step) + len(fixed)
    cdef uint8_t* free_bytes
    cdef Entry* entry
    cdef bytes words
    cdef int i
    for _, _, _, words in steps:
        room += len(words)
    entry = <Entry*> calloc(room, 1)
    if entry == NULL:
        raise MemoryError
    entry.length = length
    memcpy(shape_of(entry), <const char*> shape, length)
    entry.hash = hashed(shape_of(entry), length)
    entry.kind, entry.plan, entry.dialect, entry.rank = kind, plan, dialect, rank
    entry.stamp, entry.stamped = stamp
    entry.name = entry.place = -1
    entry.steps, entry.count = steps_behind(entry), len(steps)
    free_bytes = <uint8_t*> (entry.steps + len(steps))
    for i, (code, at, size, words) in enumerate(steps):
        entry.steps[i].code, entry.steps[i].at = code, at
        entry.steps[i].length, entry.steps[i].words = size, free_bytes
        memcpy(free_bytes, <const char*> words, len(words))
        free_bytes += len(words)
    entry.fixed, entry.prefix = len(fixed), free_bytes
    memcpy(free_bytes, <const char*> fixed, len(fixed))
    return entry


cdef bint insert(Table* table, Entry* entry) noexcept nogil:
    """Have lines of a shape read so from now on. False where it is taught already, or there is no room."""
    cdef Entry** place
    cdef Entry* other
    cdef int probe
    cdef bint done = False
    while test_and_set(&table.busy):
        pass
    for probe in range(PROBES):
        place = &table.places[(entry.hash + probe) & (PLACES - 1)]
        other = published(place)
        if other == NULL:
            publish(place, entry)
            table.taught += 1
            done = True
            break
        if (other.hash == entry.hash and other.length == entry.length
                and same(shape_of(other), shape_of(entry), entry.length)):
            break
    clear(&table.busy)
    return done


cdef Entry* derived(Table* table, Entry* of, const uint8_t* shape, Py_ssize_t length, uint64_t hash) noexcept nogil:
    """An entry as this one, for another shape, with room for steps of its own. NULL where there is none."""
    cdef Entry* entry = NULL
    if table.taught < PLACES // 2:
        entry = <Entry*> calloc(sizeof(Entry) + padded(length) + of.count * sizeof(Step), 1)
    if entry != NULL:
        entry[0] = of[0]  # the words of its steps are those of the other, which stays as long
        entry.length, entry.hash = length, hash
        memcpy(shape_of(entry), shape, length)
    return entry


cdef Entry* taught(Table* table, Entry* entry) noexcept nogil:
    """The entry, which lines of its shape are read by from now on; or that of another thread, which was first."""
    cdef Entry* other
    if insert(table, entry):
        return entry
    other = look_up(table, entry.hash, shape_of(entry), entry.length)
    free(entry)
    return other


cdef Py_ssize_t stem_of(const uint8_t* shape, Py_ssize_t length, uint8_t* stem) noexcept nogil:
    """Write the stem of a shape, padded. Returns its length."""
    cdef Py_ssize_t i, n = 0
    for i in range(length):
        if shape[i] != c"0" or n == 0 or stem[n - 1] != c"0":
            stem[n] = shape[i]
            n += 1
    memset(stem + n, 0, padded(n) - n)
    return n


cdef void count_digits(Entry* entry) noexcept nogil:
    """Integers of which the shape tells how many digits they have are read without looking for their end."""
    cdef Step* step
    cdef const uint8_t* shape = shape_of(entry)
    cdef int i, n
    for i in range(entry.count):
        step = &entry.steps[i]
        if step.code != INTEGER or step.at < 0:
            continue
        n = 0
        while step.at + n < <int> entry.length and shape[step.at + n] == c"0":
            n += 1
        # Behind a shape there are zeros. That of a head ends before a bracket, where nothing of a number stands.
        if 0 < n <= 8 <= step.at + n and (shape[step.at + n] != c"," or shape[step.at + n + 1] != c"0"):
            step.code, step.length = DIGITS, n


cdef bint shows(Step* step) noexcept nogil:
    """Whether a step has to be made where the shape is known: it reads a value, or compares digits."""
    cdef int i
    if step.code in (NUMBER, INTEGER, PERCENT, SHAPE, INTEGERS, BRACKETED, REST, TEXT):
        return True
    for i in range(step.length):
        if digit(step.words[i]):
            return True
    return False


cdef int placed(const uint8_t* text, Entry* of, Step* steps, Scan* scan) noexcept nogil:
    """The steps of a stem for lines of the shape of this text: each begins where the shape tells, and what all such
    lines have in common is left out. Returns how many they are; -1 where Python decides."""
    cdef Entry one = of[0]
    cdef Py_ssize_t slots = scan.slots, filled = scan.filled
    cdef const uint8_t* here = text
    cdef int i, count = 0
    one.count = 1
    for i in range(of.count):
        one.steps = &steps[count]
        steps[count] = of.steps[i]
        if steps[count].at < 0:
            steps[count].at = <int> (here - text)
        here = run(text, &one, scan) if slots < scan.values else NULL
        scan.slots, scan.filled = slots, filled
        if here == NULL:
            return -1
        count += shows(&steps[count])
    return count


cdef Entry* by_stem(Table* table, const uint8_t* text, const uint8_t* shape, Py_ssize_t length, uint64_t hash,
                    Scan* scan) noexcept nogil:
    """The entry of a shape that was not taught, but one of its stem was; NULL where none was. It is taught now."""
    cdef uint8_t[4096 + 128] stem
    cdef Py_ssize_t of_stem = stem_of(shape, length, stem)
    cdef Entry* of = look_up(table, ~hashed(stem, of_stem), stem, of_stem)
    cdef Entry* entry
    cdef int count
    if of == NULL or length < of.fixed or memcmp(shape, of.prefix, of.fixed) != 0:
        return NULL
    entry = derived(table, of, shape, length, hash)
    if entry == NULL:
        return NULL
    count = placed(text, of, steps_behind(entry), scan)
    if count >= 0:
        entry.steps, entry.count = steps_behind(entry), count
        count_digits(entry)
    return taught(table, entry)
