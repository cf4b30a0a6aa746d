/* Sixty-four bytes at a time, with few branches: what the scanner does with every byte of a log.
   x86 has instructions for it; any other machine leaves it to its compiler. */
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif
#define ABREAST 64
#define SHAPE_ROOM 4096

typedef struct { uint64_t digits, commas, spaces, minus; } marks;

#ifdef __SSE2__
#define LOADED(text) _mm_loadu_si128((const __m128i*)(text))
#define EACH(byte) _mm_set1_epi8(byte)
#define BITS(chunk) ((uint64_t)_mm_movemask_epi8(chunk))
#define AT_MOST(chunk, most) _mm_cmpeq_epi8(_mm_max_epu8(chunk, EACH(most)), EACH(most))

static inline __m128i without_digits(__m128i chunk) {
    __m128i digits = AT_MOST(_mm_sub_epi8(chunk, EACH('0')), 9);
    return _mm_andnot_si128(_mm_and_si128(digits, EACH(0x0f)), chunk);
}
#endif

/* Of 64 bytes, which are the sign or a control character. */
static inline uint64_t stops(const uint8_t* text, uint8_t sign) {
    uint64_t found = 0;
#ifdef __SSE2__
    for (int i = 0; i < ABREAST; i += 16) {
        __m128i chunk = LOADED(text + i);
        found |= BITS(_mm_or_si128(AT_MOST(chunk, 0x1f), _mm_cmpeq_epi8(chunk, EACH(sign)))) << i;
    }
#else
    for (int i = 0; i < ABREAST; i++) found |= (uint64_t)(text[i] < 0x20 || text[i] == sign) << i;
#endif
    return found;
}

static const uint8_t KEPT[2 * ABREAST] = {
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};

/* A sum of what has been hashed, 64 bytes at a time. */
#ifdef __SSE2__
typedef __m128i sum;
#define EMPTY_SUM _mm_setzero_si128()
static const uint16_t ODD[ABREAST / 2] = {
    0x9E37, 0x79B9, 0x7F4B, 0x7C15, 0xC2B3, 0xAE3D, 0x27D5, 0xEB4F, 0x1657, 0x67B1, 0x9E39, 0x85EB, 0xCA77, 0xC2AF,
    0x6361, 0x8A91, 0xD6E9, 0xFEB9, 0x6659, 0xFD93, 0xA077, 0x1D65, 0x78BD, 0x642F, 0xE703, 0x7ED1, 0xA0B5, 0x428D,
    0x8EBD, 0x6AF1, 0x589B, 0x15E5};
#define PAIRS(chunk, i) _mm_madd_epi16(chunk, LOADED(ODD + (i) / 2))
static inline sum next_block(sum of) { return _mm_add_epi32(_mm_slli_epi32(of, 7), _mm_sub_epi32(EMPTY_SUM, of)); }
#else
typedef uint64_t sum;
#define EMPTY_SUM 0
#endif

static inline sum added(sum of, const uint8_t* text) {
#ifdef __SSE2__
    of = next_block(of);
    for (int i = 0; i < ABREAST; i += 16) of = _mm_add_epi32(of, PAIRS(LOADED(text + i), i));
#else
    for (int i = 0; i < ABREAST; i += 8) {
        uint64_t word;
        memcpy(&word, text + i, 8);
        of = (of ^ word) * 0x9E3779B97F4A7C15ULL;
        of ^= of >> 32;
    }
#endif
    return of;
}

static inline uint64_t hash_of(sum of, size_t length) {
#ifdef __SSE2__
    uint64_t word[2];
    _mm_storeu_si128((__m128i*)word, of);
    uint64_t hash = (word[0] ^ length) * 0x9E3779B97F4A7C15ULL + word[1] * 0xC2B2AE3D27D4EB4FULL;
#else
    uint64_t hash = (of ^ length) * 0x9E3779B97F4A7C15ULL;
#endif
    return hash ^ (hash >> 32);
}

/* Write 64 bytes with every digit as 0, and zeros in place of all behind `length`; add them to the sum. Each byte is
   written once: what is read again at once must not stand across two writes. */
static inline void zero_digits(const uint8_t* text, uint8_t* shape, size_t length, sum* of) {
    const uint8_t* kept = KEPT + ABREAST - length;
#ifdef __SSE2__
    sum all = next_block(*of);
    for (int i = 0; i < ABREAST; i += 16) {
        __m128i chunk = _mm_and_si128(without_digits(LOADED(text + i)), LOADED(kept + i));
        _mm_storeu_si128((__m128i*)(shape + i), chunk);
        all = _mm_add_epi32(all, PAIRS(chunk, i));
    }
    *of = all;
#else
    for (int i = 0; i < ABREAST; i++) shape[i] = kept[i] & ((uint8_t)(text[i] - '0') < 10 ? '0' : text[i]);
    *of = added(*of, shape);
#endif
}

/* Whether two texts are the same; both have zeros up to the next 64 bytes. */
static inline int same(const uint8_t* one, const uint8_t* other, size_t length) {
#ifdef __SSE2__
    __m128i differing = _mm_setzero_si128();
    for (size_t i = 0; i < length; i += ABREAST)
        for (int j = 0; j < ABREAST; j += 16)
            differing = _mm_or_si128(differing, _mm_xor_si128(LOADED(one + i + j), LOADED(other + i + j)));
    return BITS(_mm_cmpeq_epi8(differing, _mm_setzero_si128())) == 0xffff;
#else
    return memcmp(one, other, length) == 0;
#endif
}

/* Whether the text has this shape, which has no rank: a comparison that writes nothing. */
static inline int alike(const uint8_t* text, const uint8_t* shape, size_t length) {
#ifdef __SSE2__
    __m128i differing = _mm_setzero_si128();
    size_t i = 0;
    for (; i + 16 <= length; i += 16)
        differing = _mm_or_si128(differing, _mm_xor_si128(without_digits(LOADED(text + i)), LOADED(shape + i)));
    __m128i rest = _mm_and_si128(without_digits(LOADED(text + i)), LOADED(KEPT + ABREAST - (length - i)));
    differing = _mm_or_si128(differing, _mm_xor_si128(rest, LOADED(shape + i)));
    return BITS(_mm_cmpeq_epi8(differing, _mm_setzero_si128())) == 0xffff;
#else
    for (size_t i = 0; i < length; i++)
        if (((uint8_t)(text[i] - '0') < 10 ? '0' : text[i]) != shape[i]) return 0;
    return 1;
#endif
}

/* Of a text that has zeros up to the next 64 bytes. */
static inline uint64_t hashed(const uint8_t* text, size_t length) {
    sum of = EMPTY_SUM;
    for (size_t i = 0; i < length; i += ABREAST) of = added(of, text + i);
    return hash_of(of, length);
}

/* Of 64 bytes, which are digits, commas, spaces, minus signs. */
static inline marks marked(const uint8_t* text) {
    marks of = {0, 0, 0, 0};
#ifdef __SSE2__
    for (int i = 0; i < ABREAST; i += 16) {
        __m128i chunk = LOADED(text + i);
        of.digits |= BITS(AT_MOST(_mm_sub_epi8(chunk, EACH('0')), 9)) << i;
        of.commas |= BITS(_mm_cmpeq_epi8(chunk, EACH(','))) << i;
        of.spaces |= BITS(_mm_cmpeq_epi8(chunk, EACH(' '))) << i;
        of.minus |= BITS(_mm_cmpeq_epi8(chunk, EACH('-'))) << i;
    }
#else
    for (int i = 0; i < ABREAST; i++) {
        of.digits |= (uint64_t)((uint8_t)(text[i] - '0') < 10) << i;
        of.commas |= (uint64_t)(text[i] == ',') << i;
        of.spaces |= (uint64_t)(text[i] == ' ') << i;
        of.minus |= (uint64_t)(text[i] == '-') << i;
    }
#endif
    return of;
}

static inline int lowest(uint64_t bits) { return __builtin_ctzll(bits); }

/* The number whose last of at most eight digits stands before `end`; eight bytes before it can be read. */
static inline int64_t eight_digits(const uint8_t* end, int length) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t word;
    memcpy(&word, end - 8, 8);
    word &= 0x0F0F0F0F0F0F0F0FULL << (8 * (8 - length));
    word = word * 10 + (word >> 8);
    return (((word & 0x000000FF000000FFULL) * 0x000F424000000064ULL)
          + (((word >> 16) & 0x000000FF000000FFULL) * 0x0000271000000001ULL)) >> 32;
#else
    int64_t number = 0;
    for (const uint8_t* digit = end - length; digit < end; digit++) number = number * 10 + (*digit - '0');
    return number;
#endif
}

#define publish(place, entry) __atomic_store_n(place, entry, __ATOMIC_RELEASE)
#define published(place) __atomic_load_n(place, __ATOMIC_ACQUIRE)
