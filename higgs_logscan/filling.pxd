cimport cython
from higgs_logscan.action cimport Action
from higgs_logscan.open_records cimport OpenRecords
from higgs_logscan.register cimport Register
from higgs_logscan.timeline cimport Timeline

cdef int CODEBOOK_LOSS, CODEBOOK_LOSSES, GATHERED, HEAD_CODEBOOK, LIST, LOSSES, MAPPING, NAMES_RANK
cdef int NAMES_STEP, OBJECT, PIECES, RANK, REAL_OF_MODALITY, ROW, SHAPE, TOKEN, WHOLE, WHOLE_OF_MODALITY
cdef int NOT_PRINTED, LARGE

@cython.final
cdef class Filling:
    cdef public OpenRecords open
    cdef public Register register
    cdef public Timeline timeline

    @cython.locals(read=OpenRecords, row=Py_ssize_t, first=Py_ssize_t, place=cython.longlong, k=int, at=Py_ssize_t,
                   done=int, column=int)
    cpdef fill(self, Action action, Py_ssize_t block, Py_ssize_t number, Py_ssize_t i)
    @cython.locals(read=OpenRecords, register=Register, row=Py_ssize_t, done=int, column=int, modality=int)
    cdef _other(self, Action action, Py_ssize_t block, Py_ssize_t number, int k, Py_ssize_t at, long long place)
    cdef _codebook_loss(self, Py_ssize_t block, long long codebook, double loss, long long place)
    @cython.locals(first=Py_ssize_t, size=Py_ssize_t)
    cpdef value(self, Action action, int k, Py_ssize_t at)
    @cython.locals(register=Register, code=cython.longlong)
    cdef _shape(self, Py_ssize_t row, int column, Py_ssize_t first, Py_ssize_t size, long long place)
    cdef _token(self, Py_ssize_t block, Py_ssize_t number, int role, Py_ssize_t at, long long place)
    cdef _mapping(self, Action action, Py_ssize_t row, dict pairs, long long place)
    @cython.locals(register=Register)
    cpdef gather(self, Py_ssize_t row, int column, str words, long long place)
