# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The columns of windows that are worked out of values, compiled. `tally.measured` is the same in numpy, and its oracle."""

import numpy as np

#: The columns, in the order in which they stand in the result; `pairs` and the like have one for each lag.
COLUMNS = (
    "length", "masked", "valid", "bos", "eos", "negative", "out_of_range", "large", "codes", "lead_masked",
    "trail_masked", "lead_bos", "lead_eos", "trail_bos", "trail_eos", "bos_after_code", "split", "prompt",
    "placeholder", "first_value", "last_value", "last_label", "predictions", "wild", "neighbours", "repeats",
)
BY_LAG = ("pairs", "matches", "self_pairs", "self_matches")

cdef enum:
    LENGTH, MASKED, VALID, BOS, EOS, NEGATIVE, OUT_OF_RANGE, LARGE, CODES, LEAD_MASKED
    TRAIL_MASKED, LEAD_BOS, LEAD_EOS, TRAIL_BOS, TRAIL_EOS, BOS_AFTER_CODE, SPLIT, PROMPT
    PLACEHOLDER, FIRST_VALUE, LAST_VALUE, LAST_LABEL, PREDICTIONS, WILD, NEIGHBOURS, REPEATS
    ALL

cdef struct Family:
    int ignore, bos, eos, codes, vocabulary


cdef int lead(const int* values, Py_ssize_t size, Py_ssize_t step, int value) noexcept nogil:
    """How many values from the first one on, going by `step`, are this one."""
    cdef Py_ssize_t i = 0
    while i < size and values[i * step] == value:
        i += 1
    return i


cdef void of_labels(const int* values, Py_ssize_t size, bint audio, Family of, const int[::1] prompt,
                    const int[::1] placeholder, int* out, Py_ssize_t stride, int nothing) noexcept nogil:
    cdef Py_ssize_t i, k, first = -1, last = -1, between = 0, inner = 0
    cdef int value, masked = 0, bos = 0, eos = 0, negative = 0, outside = 0, large = 0, codes = 0, after = 0
    cdef int prompts = 0, placeholders = 0
    for i in range(size):
        value = values[i]
        negative += value == -1
        if value == of.ignore:
            masked += 1
            between += 1
        else:
            if last >= 0:
                inner += between
            between = 0
            last = i
            if first < 0:
                first = i
        if audio:
            if value == of.bos:
                bos += 1
                after += codes > 0
            eos += value == of.eos
            if 0 <= value < of.codes:
                codes += 1
            if value != of.ignore and (value < 0 or value >= of.vocabulary):
                outside += 1
                large += value > 0
        else:
            for k in range(prompt.shape[0]):
                if value == prompt[k]:
                    prompts += 1
                    break
            for k in range(placeholder.shape[0]):
                if value == placeholder[k]:
                    placeholders += 1
                    break
    out[LENGTH * stride] = size
    out[MASKED * stride] = masked
    out[VALID * stride] = size - masked
    out[BOS * stride] = bos
    out[EOS * stride] = eos
    out[NEGATIVE * stride] = negative
    out[OUT_OF_RANGE * stride] = outside
    out[LARGE * stride] = large
    out[CODES * stride] = codes
    out[LEAD_MASKED * stride] = first if first >= 0 else size
    out[TRAIL_MASKED * stride] = size - 1 - last if last >= 0 else size
    out[LEAD_BOS * stride] = lead(values, size, 1, of.bos) if audio else 0
    out[LEAD_EOS * stride] = lead(values, size, 1, of.eos) if audio else 0
    out[TRAIL_BOS * stride] = lead(values + size - 1, size, -1, of.bos) if audio and size else 0
    out[TRAIL_EOS * stride] = lead(values + size - 1, size, -1, of.eos) if audio and size else 0
    out[BOS_AFTER_CODE * stride] = after
    out[SPLIT * stride] = inner
    out[PROMPT * stride] = prompts
    out[PLACEHOLDER * stride] = placeholders
    out[FIRST_VALUE * stride] = values[0] if size else nothing
    out[LAST_VALUE * stride] = values[size - 1] if size else nothing
    out[LAST_LABEL * stride] = values[last] if last >= 0 else nothing


cdef inline bint scorable(int label, bint audio, Family of) noexcept nogil:
    return label != of.ignore and not (audio and label >= of.codes)


cdef void of_lags(const int* labels, const int* predictions, Py_ssize_t size, bint audio, Family of,
                  const int[::1] lags, int* out, Py_ssize_t stride) noexcept nogil:
    cdef Py_ssize_t i, here, k, lag, count = lags.shape[0]
    cdef int pairs, matches, self_pairs, self_matches, label, neighbours = 0, repeats = 0
    for k in range(count):
        lag = lags[k]
        pairs = matches = self_pairs = self_matches = 0
        for i in range(max(0, lag), size + min(0, lag)):
            label = labels[i]
            if scorable(label, audio, of):
                here = i - lag
                pairs += 1
                matches += label == predictions[here]
                if scorable(labels[here], audio, of):
                    self_pairs += 1
                    self_matches += label == labels[here]
        out[(ALL + k) * stride] = pairs
        out[(ALL + count + k) * stride] = matches
        out[(ALL + 2 * count + k) * stride] = self_pairs
        out[(ALL + 3 * count + k) * stride] = self_matches
    for i in range(1, size):
        if scorable(labels[i], audio, of) and scorable(labels[i - 1], audio, of):
            neighbours += 1
            repeats += predictions[i] == predictions[i - 1]
    out[NEIGHBOURS * stride] = neighbours
    out[REPEATS * stride] = repeats


def measure(const int[::1] items, const long long[::1] first, const long long[::1] size, const long long[::1] label,
            const long long[::1] prediction, const unsigned char[::1] audio, profile, const int[::1] lags, int nothing):
    """The columns of windows, one a row: (26 + 4 lags, windows), int32. `first` and `size` say where each list
    stands in `items`; `label` and `prediction` are the lists of each window, -1 for one that is not printed."""
    cdef Py_ssize_t rows = label.shape[0], row, i, labels, predictions
    cdef Family of
    cdef const int* values
    cdef const int* predicted
    cdef int wild
    found = np.zeros((ALL + 4 * lags.shape[0], rows), np.int32)
    cdef int[:, ::1] view = found
    cdef const int[::1] prompt = np.array(profile.prompt_ids, np.int32)
    cdef const int[::1] placeholder = np.array(profile.placeholder_ids, np.int32)
    of.ignore, of.bos, of.eos = profile.ignore_index, profile.audio_bos, profile.audio_eos
    of.codes, of.vocabulary = profile.codebook_size, profile.audio_vocabulary
    if not rows:
        return found
    with nogil:
        for row in range(rows):
            labels = size[label[row]] if label[row] >= 0 else 0
            predictions = size[prediction[row]] if prediction[row] >= 0 else 0
            values = &items[first[label[row]]] if labels else NULL
            predicted = &items[first[prediction[row]]] if predictions else NULL
            of_labels(values, labels, audio[row], of, prompt, placeholder, &view[0, row], rows, nothing)
            wild = 0
            for i in range(predictions):
                if predicted[i] < 0:
                    wild += predicted[i] != of.ignore
                elif audio[row]:
                    wild += predicted[i] >= of.vocabulary
            view[PREDICTIONS, row] = predictions
            view[WILD, row] = wild
            if labels == predictions:
                of_lags(values, predicted, labels, audio[row], of, lags, &view[0, row], rows)
    return found
