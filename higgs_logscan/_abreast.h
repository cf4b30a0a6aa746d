/* Sixty-four bytes at a time, with few branches: what the scanner does with every byte of a log.
   x86 has instructions for it; any other machine leaves it to its compiler. */
#include <stdint.h>
#include <string.h>
#define ABREAST 64
#define SHAPE_ROOM 4096
/* Most shapes are no longer: so many bytes are always looked at, without a branch on how many it takes. */
#define SHORT (2 * ABREAST)

typedef struct { uint64_t digits, commas, spaces, minus; } marks;

#ifdef __AVX2__
#include <immintrin.h>
#define VECTORS
#define WIDTH 32
typedef __m256i chunk;
#define OF(name) _mm256_##name
#define BOTH(name) _mm256_##name##_si256
#elif defined(__SSE2__)
#include <emmintrin.h>
#define VECTORS
#define WIDTH 16
typedef __m128i chunk;
#define OF(name) _mm_##name
#define BOTH(name) _mm_##name##_si128
#endif

/* Whether this processor runs what is compiled for AVX2 (see setup.py). */
static inline int has_avx2_here(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
#else
    return 0;
#endif
}

#ifdef VECTORS
#define LOADED(text) BOTH(loadu)((const chunk*)(text))
#define EACH(byte) OF(set1_epi8)(byte)
#define EQUAL(one, other) OF(cmpeq_epi8)(one, other)
#define BITS(bytes) ((uint64_t)(uint32_t)OF(movemask_epi8)(bytes))
#define AT_MOST(bytes, most) EQUAL(OF(max_epu8)(bytes, EACH(most)), EACH(most))

static inline chunk without_digits(chunk bytes) {
    chunk digits = AT_MOST(OF(sub_epi8)(bytes, EACH('0')), 9);
    return BOTH(andnot)(BOTH(and)(digits, EACH(0x0f)), bytes);
}
#endif

/* A space that no piece of text ends with. */
static inline int blank(uint8_t byte) { return byte == ' ' || byte == '\t' || byte == '\v' || byte == '\f'; }

/* Of 64 bytes, which are the sign or a control character. */
static inline uint64_t stops(const uint8_t* text, uint8_t sign) {
    uint64_t found = 0;
#ifdef VECTORS
    for (int i = 0; i < ABREAST; i += WIDTH) {
        chunk bytes = LOADED(text + i);
        found |= BITS(BOTH(or)(AT_MOST(bytes, 0x1f), EQUAL(bytes, EACH(sign)))) << i;
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

/* Where the first of them stands behind the first byte, among `SHORT` bytes; `SHORT` where there is none. */
static inline size_t first_stop(const uint8_t* text, uint8_t sign) {
    uint64_t early = stops(text, sign) & ~(uint64_t)(text[0] == sign), late = stops(text + ABREAST, sign);
    return early ? __builtin_ctzll(early) : late ? ABREAST + __builtin_ctzll(late) : SHORT;
}

/* A sum of what has been hashed, 64 bytes at a time. */
#ifdef VECTORS
typedef chunk sum;
#define EMPTY_SUM BOTH(setzero)()
static const uint16_t ODD[ABREAST / 2] = {
    0x9E37, 0x79B9, 0x7F4B, 0x7C15, 0xC2B3, 0xAE3D, 0x27D5, 0xEB4F, 0x1657, 0x67B1, 0x9E39, 0x85EB, 0xCA77, 0xC2AF,
    0x6361, 0x8A91, 0xD6E9, 0xFEB9, 0x6659, 0xFD93, 0xA077, 0x1D65, 0x78BD, 0x642F, 0xE703, 0x7ED1, 0xA0B5, 0x428D,
    0x8EBD, 0x6AF1, 0x589B, 0x15E5};
#define PAIRS(bytes, i) OF(madd_epi16)(bytes, LOADED(ODD + (i) / 2))
static inline sum next_block(sum of) { return OF(sub_epi32)(OF(slli_epi32)(of, 7), of); }
#else
typedef uint64_t sum;
#define EMPTY_SUM 0
#endif

static inline sum added(sum of, const uint8_t* text) {
#ifdef VECTORS
    of = next_block(of);
    for (int i = 0; i < ABREAST; i += WIDTH) of = OF(add_epi32)(of, PAIRS(LOADED(text + i), i));
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
#ifdef VECTORS
#if WIDTH == 32
    __m128i half = _mm_add_epi32(_mm256_castsi256_si128(of), _mm256_extracti128_si256(of, 1));
#else
    __m128i half = of;
#endif
    uint64_t words[2];
    memcpy(words, &half, sizeof half);
    uint64_t hash = (words[0] ^ length) * 0x9E3779B97F4A7C15ULL + words[1] * 0xC2B2AE3D27D4EB4FULL;
#else
    uint64_t hash = (of ^ length) * 0x9E3779B97F4A7C15ULL;
#endif
    return hash ^ (hash >> 32);
}

/* Write 64 bytes with every digit as 0, and zeros in place of all behind `length`; add them to the sum. Each byte is
   written once: what is read again at once must not stand across two writes. */
static inline void zero_digits(const uint8_t* text, uint8_t* shape, size_t length, sum* of) {
    const uint8_t* kept = KEPT + ABREAST - length;
#ifdef VECTORS
    sum all = next_block(*of);
    for (int i = 0; i < ABREAST; i += WIDTH) {
        chunk bytes = BOTH(and)(without_digits(LOADED(text + i)), LOADED(kept + i));
        BOTH(storeu)((chunk*)(shape + i), bytes);
        all = OF(add_epi32)(all, PAIRS(bytes, i));
    }
    *of = all;
#else
    for (int i = 0; i < ABREAST; i++) shape[i] = kept[i] & ((uint8_t)(text[i] - '0') < 10 ? '0' : text[i]);
    *of = added(*of, shape);
#endif
}

/* As a shape is written of a text up to and with the sign behind the first byte, or up to a control character: of one of
   fewer than `SHORT` bytes, which can be read. Returns its hash, and its length, which is -1 where it is longer. */
static inline uint64_t short_shape(const uint8_t* text, uint8_t sign, uint8_t* shape, int64_t* length) {
    size_t stop = first_stop(text, sign), early;
    uint8_t end = stop < SHORT ? text[stop] : ' ';
    sum of = EMPTY_SUM;
    *length = -1;
    if (end != sign && blank(end)) return 0;
    stop += end == sign;
    early = stop < ABREAST ? stop : ABREAST;
    zero_digits(text, shape, early, &of);
    zero_digits(text + ABREAST, shape + ABREAST, stop - early, &of);
    *length = (int64_t)stop;
    return hash_of(of, stop);
}

/* Which of 64 bytes are not those of a shape, digits but 0 aside. */
static inline uint64_t unlike(const uint8_t* text, const uint8_t* shape) {
    uint64_t found = 0;
#ifdef VECTORS
    for (int i = 0; i < ABREAST; i += WIDTH)
        found |= BITS(EQUAL(without_digits(LOADED(text + i)), LOADED(shape + i))) << i;
    return ~found;
#else
    for (int i = 0; i < ABREAST; i++)
        found |= (uint64_t)(((uint8_t)(text[i] - '0') < 10 ? '0' : text[i]) != shape[i]) << i;
    return found;
#endif
}

/* Of the bits of 64 bytes, those of the first `length`. */
static inline uint64_t first_bits(uint64_t bits, int64_t length) {
    return length >= ABREAST ? bits : length > 0 ? bits & ~(~(uint64_t)0 << length) : 0;
}

/* Whether the text has this shape, which has no rank: a comparison that writes nothing. `SHORT` bytes, or 64 more than
   the length, can be read of the text; `SHORT` of the shape. */
static inline int alike(const uint8_t* text, const uint8_t* shape, int64_t length) {
    uint64_t found = first_bits(unlike(text, shape), length)
                   | first_bits(unlike(text + ABREAST, shape + ABREAST), length - ABREAST);
    for (int64_t i = SHORT; i < length; i += ABREAST) found |= first_bits(unlike(text + i, shape + i), length - i);
    return found == 0;
}

/* Whether two shapes are the same; both have zeros up to `SHORT` bytes, or the next 64. */
static inline int same(const uint8_t* one, const uint8_t* other, size_t length) {
#ifdef VECTORS
    chunk differing = EMPTY_SUM;
    for (size_t i = 0; i < SHORT; i += WIDTH)
        differing = BOTH(or)(differing, BOTH(xor)(LOADED(one + i), LOADED(other + i)));
    for (size_t i = SHORT; i < length; i += WIDTH)
        differing = BOTH(or)(differing, BOTH(xor)(LOADED(one + i), LOADED(other + i)));
    return (uint32_t)BITS(EQUAL(differing, EMPTY_SUM)) == (uint32_t)BITS(EACH(-1));
#else
    return memcmp(one, other, length) == 0;
#endif
}

/* Of a shape that has zeros up to `SHORT` bytes, or the next 64. */
static inline uint64_t hashed(const uint8_t* text, size_t length) {
    sum of = added(added(EMPTY_SUM, text), text + ABREAST);
    for (size_t i = SHORT; i < length; i += ABREAST) of = added(of, text + i);
    return hash_of(of, length);
}

/* Of 64 bytes, which are digits, commas, spaces, minus signs. */
static inline marks marked(const uint8_t* text) {
    marks of = {0, 0, 0, 0};
#ifdef VECTORS
    for (int i = 0; i < ABREAST; i += WIDTH) {
        chunk bytes = LOADED(text + i);
        of.digits |= BITS(AT_MOST(OF(sub_epi8)(bytes, EACH('0')), 9)) << i;
        of.commas |= BITS(EQUAL(bytes, EACH(','))) << i;
        of.spaces |= BITS(EQUAL(bytes, EACH(' '))) << i;
        of.minus |= BITS(EQUAL(bytes, EACH('-'))) << i;
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

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LITTLE_ENDIAN_WORDS
/* The number of eight digits, a byte each, the first in the lowest. */
static inline uint64_t eight_of(uint64_t word) {
    word = word * 10 + (word >> 8);
    return (((word & 0x000000FF000000FFULL) * 0x000F424000000064ULL)
          + (((word >> 16) & 0x000000FF000000FFULL) * 0x0000271000000001ULL)) >> 32;
}
#endif

/* The number whose last of at most eight digits stands before `end`; eight bytes before it can be read. */
static inline uint64_t eight_digits(const uint8_t* end, int length) {
    uint64_t number = 0;
#ifdef LITTLE_ENDIAN_WORDS
    memcpy(&number, end - 8, 8);
    number = eight_of(number & 0x0F0F0F0F0F0F0F0FULL << (8 * (8 - length)));
#else
    for (const uint8_t* digit = end - length; digit < end; digit++) number = number * 10 + (*digit - '0');
#endif
    return number;
}

/* How many digits a text begins with, at most eight, and the number that they are; eight bytes of it can be read. */
static inline int leading_digits(const uint8_t* text, uint64_t* number) {
#ifdef LITTLE_ENDIAN_WORDS
    uint64_t word, others;
    memcpy(&word, text, 8);
    word ^= 0x3030303030303030ULL;
    /* The high bit of each byte that is none; behind the first of those they say nothing. */
    others = ((word + 0x7676767676767676ULL) | word) & 0x8080808080808080ULL;
    if ((others & 0x80) != 0) return 0;
    int length = others ? __builtin_ctzll(others) >> 3 : 8;
    *number = eight_of(word << (8 * (8 - length)));
    return length;
#else
    int length = 0;
    for (; length < 8 && (uint8_t)(text[length] - '0') < 10; length++)
        *number = (length ? *number : 0) * 10 + (text[length] - '0');
    return length;
#endif
}

#define publish(place, entry) __atomic_store_n(place, entry, __ATOMIC_RELEASE)
#define published(place) __atomic_load_n(place, __ATOMIC_ACQUIRE)
#define test_and_set(flag) __atomic_test_and_set(flag, __ATOMIC_ACQUIRE)
#define clear(flag) __atomic_clear(flag, __ATOMIC_RELEASE)
