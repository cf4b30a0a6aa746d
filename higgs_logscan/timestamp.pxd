cdef long long[::1] _DAYS_BEFORE, _DAYS
cdef long long _DAYS_TO_2020, NO_TIME, _BLANKED
cdef int _X

cimport cython

@cython.locals(place=Py_ssize_t, year=cython.longlong, month=cython.longlong, day=cython.longlong, hour=cython.longlong,
               minute=cython.longlong, second=cython.longlong, leap=cython.bint, before=cython.longlong,
               days=cython.longlong, minutes=cython.longlong, thousandths=cython.longlong, digit=cython.longlong)
cpdef long long milliseconds(const unsigned char[::1] text, Py_ssize_t first, Py_ssize_t last) noexcept nogil

@cython.locals(number=cython.longlong, place=Py_ssize_t)
cdef long long _number(const unsigned char[::1] text, Py_ssize_t first, Py_ssize_t digits) noexcept nogil
