"""Lines read while other threads run. `OpenRecords.read` does the same and lets none."""

from higgs_logscan.open_records cimport OpenRecords


def read(OpenRecords open, Py_ssize_t i, Py_ssize_t count):
    """The lines from the i-th on, as far as they only add to records. Returns the first that does more."""
    with nogil:
        i = open.read(i, count)
    return i
