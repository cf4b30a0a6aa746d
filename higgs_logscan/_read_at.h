/* Bytes of a file from one on, wherever it has been read to; -1 on an error, and where that cannot be done. */
#ifdef _WIN32
#define read_at(descriptor, data, room, byte) (-1)
#else
#include <unistd.h>
#define read_at pread
#endif
