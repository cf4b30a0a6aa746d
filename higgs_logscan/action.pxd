cimport cython

@cython.final
cdef class Action:
    cdef public object line
    cdef public tuple states
    cdef public list reads
    cdef public int[::1] operations, columns
    cdef public long long rank
    cdef public int kind, slot, way, modality, window, codebook, stated, joins, named, count
    cdef public Py_ssize_t time_from, time_to
    cdef public bint stamped, nothing, glued, incident, filtered, header, resumes, closes, echoes, rules_off, direct, list_alone, tokens_alone, simple
    cdef public long long beginning
