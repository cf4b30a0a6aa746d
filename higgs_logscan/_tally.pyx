# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The columns of windows that are worked out of values, compiled. `tally.by_matrices` is the same in numpy, and its
oracle.

Windows that follow each other and have one shape are counted together (`_windows.h`).
"""

import numpy as np

#: The columns of counts, in the order in which they stand in the result; of `BY_LAG`, one for each lag.
COLUMNS = (
    "length", "masked", "valid", "bos", "eos", "negative", "out_of_range", "large", "codes", "lead_masked",
    "trail_masked", "lead_bos", "lead_eos", "trail_eos", "split", "prompt", "placeholder", "wild", "neighbours",
    "repeats",
)
BY_LAG = ("pairs", "matches", "self_pairs", "self_matches")
#: The columns of values.
VALUES = ("last_value", "last_label")

cdef extern from "_windows.h" nogil:
    enum: ABREAST, ALL, PROMPT, PLACEHOLDER, LAST_LABEL
    ctypedef struct family:
        int ignore, bos, eos, codes, vocabulary, special
    ctypedef struct windows:
        const int* labels[ABREAST]
        const int* predictions[ABREAST]
        int audio[ABREAST]
        long label_size, prediction_size
    void count_windows(const windows* of, int count, family model, int nothing, int (*found)[ABREAST])

cdef fused number:
    signed char
    short
    int


cdef int among(const int* values, Py_ssize_t size, const int[::1] ids) noexcept nogil:
    """How many of the values are one of these ids."""
    cdef Py_ssize_t i, k
    cdef int found = 0
    for i in range(size):
        for k in range(ids.shape[0]):
            if values[i] == ids[k]:
                found += 1
                break
    return found


cdef inline void narrow(number* to, const int* counts, Py_ssize_t count) noexcept nogil:
    cdef Py_ssize_t lane
    if count == ABREAST:
        for lane in range(ABREAST):
            to[lane] = <number> counts[lane]
    else:
        for lane in range(count):
            to[lane] = <number> counts[lane]


cdef inline Py_ssize_t length(const long long[::1] size, long long of) noexcept nogil:
    return size[of] if of >= 0 else 0


cdef void fill(number* found, int[:, ::1] values, const int[::1] items, const long long[::1] first,
               const long long[::1] size, const long long[:] label, const long long[:] prediction,
               const unsigned char[::1] audio, family model, const int[::1] prompt, const int[::1] placeholder,
               int nothing) noexcept nogil:
    cdef Py_ssize_t rows = label.shape[0], row = 0, lane, k, of
    cdef int counts[ALL][ABREAST]
    cdef int count
    cdef windows chosen
    while row < rows:
        count = 0
        chosen.label_size, chosen.prediction_size = length(size, label[row]), length(size, prediction[row])
        for lane in range(ABREAST):
            # Lanes that no window is left for repeat the first one.
            of = row
            if (count == lane and row + lane < rows and length(size, label[row + lane]) == chosen.label_size
                    and length(size, prediction[row + lane]) == chosen.prediction_size):
                of = row + lane
                count += 1
            chosen.labels[lane] = &items[first[label[of]]] if chosen.label_size else NULL
            chosen.predictions[lane] = &items[first[prediction[of]]] if chosen.prediction_size else NULL
            chosen.audio[lane] = -<int> audio[of]
        count_windows(&chosen, count, model, nothing, counts)
        for lane in range(count):
            if counts[PROMPT][lane]:
                counts[PROMPT][lane] = among(chosen.labels[lane], chosen.label_size, prompt)
                counts[PLACEHOLDER][lane] = among(chosen.labels[lane], chosen.label_size, placeholder)
            values[0, row + lane] = chosen.labels[lane][chosen.label_size - 1] if chosen.label_size else nothing
            values[1, row + lane] = counts[LAST_LABEL][lane]
        for k in range(LAST_LABEL):
            narrow(found + k * rows + row, counts[k], count)
        row += count


def measure(const int[::1] items, const long long[::1] first, const long long[::1] size, const long long[:] label,
            const long long[:] prediction, const unsigned char[::1] audio, profile, kind, int nothing):
    """The columns of windows, one a row: counts (20 + 4 lags, windows) of this kind of integer, which must hold the
    largest size, and values (2, windows), int32. `first` and `size` say where each list stands in `items`; `label`
    and `prediction` are the lists of each window, -1 for one that is not printed."""
    cdef Py_ssize_t rows = label.shape[0]
    cdef family model
    cdef const int[::1] prompt = np.array(profile.prompt_ids, np.int32)
    cdef const int[::1] placeholder = np.array(profile.placeholder_ids, np.int32)
    found, values = np.empty((LAST_LABEL, rows), kind), np.empty((2, rows), np.int32)
    cdef int[:, ::1] of_values = values
    cdef size_t address = found.ctypes.data
    cdef int width = found.itemsize
    model.ignore, model.bos, model.eos = profile.ignore_index, profile.audio_bos, profile.audio_eos
    model.codes, model.vocabulary = profile.codebook_size, profile.audio_vocabulary
    model.special = min((*profile.prompt_ids, *profile.placeholder_ids), default=2**31 - 1)
    with nogil:
        if width == 1:
            fill(<signed char*> address, of_values, items, first, size, label, prediction, audio, model, prompt,
                 placeholder, nothing)
        elif width == 2:
            fill(<short*> address, of_values, items, first, size, label, prediction, audio, model, prompt,
                 placeholder, nothing)
        else:
            fill(<int*> address, of_values, items, first, size, label, prediction, audio, model, prompt,
                 placeholder, nothing)
    return found, values
