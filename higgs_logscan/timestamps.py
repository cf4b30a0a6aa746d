"""Timestamps as log lines print them, as numbers."""

from __future__ import annotations

from higgs_logscan.table import NO_TIME

_DAYS_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
#: Days from the year 0 of the Gregorian calendar to 2020-01-01.
DAYS_TO_2020 = 737790
#: What `milliseconds` is of a timestamp that an author blanked out.
BLANKED = NO_TIME + 1


def milliseconds(text: bytes, first: int, last: int) -> int:
    """Milliseconds since 2020 of `2025-08-28 12:00:01,123` (UTC, whatever the separators), which stands between two
    places of a text; NO_TIME where it names no moment."""
    # The date is never blanked: a prefix has digits there.
    if b"X" in text[first + 11 : last]:
        return BLANKED
    year, month, day = _number(text, first, 4), _number(text, first + 5, 2), _number(text, first + 8, 2)
    hour, minute, second = _number(text, first + 11, 2), _number(text, first + 14, 2), _number(text, first + 17, 2)
    if year < 1 or month < 1 or month > 12 or day < 1 or hour > 23 or minute > 59 or second > 59:
        return NO_TIME
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if day > _DAYS[month - 1] + (leap and month == 2):
        return NO_TIME
    before = year - 1
    days = 365 * year + before // 4 - before // 100 + before // 400 + _DAYS_BEFORE[month - 1] + day
    if leap and month > 2:
        days += 1
    thousandths, digit = 0, 100
    for place in range(first + 20, min(last, first + 23)):
        thousandths += (text[place] - 48) * digit
        digit //= 10
    minutes = ((days - DAYS_TO_2020) * 24 + hour) * 60 + minute
    return int(minutes * 60000 + second * 1000 + thousandths)


def _number(text: bytes, first: int, digits: int) -> int:
    """The digits from one place on as a number."""
    return int(text[first : first + digits])
