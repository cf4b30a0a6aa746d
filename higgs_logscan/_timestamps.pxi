# Timestamps: as `timestamps.milliseconds` reads them, which is their oracle.

cdef int64_t NO_TIME = _NO_TIME, BLANKED = _BLANKED, DAYS_TO_2020 = _DAYS_TO_2020
cdef int[12] DAYS_BEFORE = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
cdef int[12] DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


cdef inline int two_digits(const uint8_t* text) noexcept nogil:
    return 10 * (text[0] - 48) + text[1] - 48


cdef int64_t milliseconds(const uint8_t* text, Py_ssize_t length) noexcept nogil:
    """Milliseconds since 2020 of a text as `2025-08-28 12:00:01,123`, of which the scanner has seen the shape."""
    cdef int year, month, day, hour, minute, second, before, thousandths = 0, unit = 100
    cdef int64_t days
    cdef Py_ssize_t i
    cdef bint leap
    for i in range(11, length):
        if text[i] == c"X":
            return BLANKED
    year, month, day = 100 * two_digits(text) + two_digits(text + 2), two_digits(text + 5), two_digits(text + 8)
    hour, minute, second = two_digits(text + 11), two_digits(text + 14), two_digits(text + 17)
    if year < 1 or month < 1 or month > 12 or day < 1 or hour > 23 or minute > 59 or second > 59:
        return NO_TIME
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if day > DAYS[month - 1] + (leap and month == 2):
        return NO_TIME
    before = year - 1
    days = 365 * year + before // 4 - before // 100 + before // 400 + DAYS_BEFORE[month - 1] + day
    days += leap and month > 2
    for i in range(20, min(length, 23)):
        thousandths += (text[i] - 48) * unit
        unit //= 10
    return (((days - DAYS_TO_2020) * 24 + hour) * 60 + minute) * 60000 + second * 1000 + thousandths
