/* The double that is next to a decimal number, exactly rounded, for all numbers that programs print but few: the C
   library takes twenty times as long for one of seventeen digits. */
#include <math.h>
#include <stdint.h>

#define EXACT 22    /* Powers of ten up to this one are doubles themselves, ... */
#define QUOTIENT 27 /* ... and powers of five up to this one are words of 64 bits. */

static const double powers_of_ten[EXACT + 1] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

#if defined(__SIZEOF_INT128__)
/* digits * 10^-power: the quotient of two normalised words has more bits than a double, and what is left of it tells on
   which side of the middle of two doubles it lies. */
static double quotient(uint64_t digits, int power) {
    uint64_t divisor = 1;
    for (int i = 0; i < power; i++) divisor *= 5;
    const int of_digits = __builtin_clzll(digits), of_divisor = __builtin_clzll(divisor);
    const unsigned __int128 dividend = (unsigned __int128)(digits << of_digits) << 63;
    divisor <<= of_divisor;
    const uint64_t whole = (uint64_t)(dividend / divisor), rest = (uint64_t)(dividend % divisor);
    const int surplus = 64 - 53 - __builtin_clzll(whole);
    const uint64_t half = 1ULL << (surplus - 1), below = whole & (2 * half - 1);
    uint64_t rounded = whole >> surplus;
    rounded += below > half || (below == half && (rest || (rounded & 1)));
    return ldexp((double)rounded, surplus + of_divisor - of_digits - 63 - power);
}
#define HAS_QUOTIENT 1
#else
#define quotient(digits, power) 0.0
#define HAS_QUOTIENT 0
#endif

/* Whether digits * 10^power is a number of those; then `value` becomes it. Up to 2^53 digits are a double as well, and
   one operation on two doubles is exactly rounded (Clinger 1990, "How to read floating point numbers accurately"). */
static inline int decimal(uint64_t digits, int power, double* value) {
    if (digits <= 1ULL << 53 && -EXACT <= power && power <= EXACT)
        *value = power < 0 ? (double)digits / powers_of_ten[-power] : (double)digits * powers_of_ten[power];
    else if (HAS_QUOTIENT && digits && -QUOTIENT <= power && power < 0)
        *value = quotient(digits, -power);
    else
        return 0;
    return 1;
}
