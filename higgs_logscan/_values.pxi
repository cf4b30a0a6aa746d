# Numbers, lists and shapes of tensors: each returns where it ends, NULL where Python decides.

cdef extern from "_decimal.h":
    int decimal(uint64_t digits, int power, double* value) nogil

# Digits that a word surely holds.
DEF WORD_DIGITS = 19


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


cdef int leading_zeros(const uint8_t* here) noexcept nogil:
    """How many zeros a number begins with, a point among them or not."""
    cdef int zeros = 0
    while here[0] == c"0" or here[0] == c".":
        zeros += here[0] == c"0"
        here += 1
    return zeros


cdef inline const uint8_t* number(const uint8_t* text, const uint8_t* limit, int scale, bint plain, double* value,
                                  bint* missing) noexcept nogil:
    """Read a number, or a percentage (`plain`, scaled by 10 to the -2). Returns its end; NULL where Python decides."""
    cdef const uint8_t* here = text
    cdef const uint8_t* begin
    cdef const uint8_t* first
    cdef const uint8_t* ahead
    cdef uint64_t mantissa = 0
    cdef int digits = 0, power = -scale, exponent = 0
    cdef bint negative = False, lowered
    cdef double read
    if here[0] == c"-" or here[0] == c"+":
        negative = here[0] == c"-"
        here += 1
    begin = first = here
    here = digits_on(here, limit, &mantissa)
    digits = <int> (here - first)
    if digits == 0:
        if limit - here < 8 or here[0] == c".":
            return NULL
        if memcmp(here, b"nan", 3) == 0 or (not plain and memcmp(here, b"NaN", 3) == 0):
            if plain and here > text:
                return NULL
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
    if digits > WORD_DIGITS:
        digits -= leading_zeros(begin)
    if digits > WORD_DIGITS or not decimal(mantissa, power, &read):
        return NULL if plain else slow_number(text, here - text, value)
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
