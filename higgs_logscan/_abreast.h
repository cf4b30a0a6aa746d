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

/* Write 64 bytes with every digit as 0, and zeros in place of all behind `length`. Each byte is written once:
   what is read again at once must not stand across two writes. */
static inline void zero_digits(const uint8_t* text, uint8_t* shape, size_t length) {
    const uint8_t* kept = KEPT + ABREAST - length;
#ifdef __SSE2__
    for (int i = 0; i < ABREAST; i += 16) {
        __m128i chunk = LOADED(text + i);
        __m128i digits = AT_MOST(_mm_sub_epi8(chunk, EACH('0')), 9);
        chunk = _mm_andnot_si128(_mm_and_si128(digits, EACH(0x0f)), chunk);
        _mm_storeu_si128((__m128i*)(shape + i), _mm_and_si128(chunk, LOADED(kept + i)));
    }
#else
    for (int i = 0; i < ABREAST; i++) shape[i] = kept[i] & ((uint8_t)(text[i] - '0') < 10 ? '0' : text[i]);
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

/* Of a text that has zeros up to the next 64 bytes. */
static inline uint64_t hashed(const uint8_t* text, size_t length) {
    uint64_t sum = length, word[2], one = 0x9E3779B97F4A7C15ULL, other = 0xC2B2AE3D27D4EB4FULL;
    for (size_t i = 0; i < length; i += ABREAST)
        for (int j = 0; j < ABREAST; j += 16) {
            memcpy(word, text + i + j, 16);
            unsigned __int128 product = (unsigned __int128)(word[0] ^ one) * (word[1] ^ other);
            sum += (uint64_t)product ^ (uint64_t)(product >> 64);
            one += 0xD6E8FEB86659FD93ULL;
            other += 0xA0761D6478BD642FULL;
        }
    return sum ^ (sum >> 32);
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
