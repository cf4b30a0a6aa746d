/* What is counted of windows of tokens, several windows at a time, a lane each: `lanes` are one value of each window,
   marks are 0 or -1. A compiler that has no vectors takes one window at a time. */
#include <string.h>
#if defined(__GNUC__)
typedef int lanes __attribute__((vector_size(32)));
#define TOGETHER 8
#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define MARK(condition) (condition)
#define EACH_AT(lists, i)                                                                                             \
    (lanes){(lists)[0][i], (lists)[1][i], (lists)[2][i], (lists)[3][i],                                               \
            (lists)[4][i], (lists)[5][i], (lists)[6][i], (lists)[7][i]}
#else
typedef int lanes;
#define TOGETHER 1
#define ALWAYS_INLINE static inline
#define MARK(condition) (-(condition))
#define EACH_AT(lists, i) (lists)[0][i]
#endif
#define ABREAST 16 /* Windows that are counted by one call. */
#define REACH 2    /* Lags reach from -REACH to REACH. */

/* The columns, as `_tally.COLUMNS` and `_tally.BY_LAG` name them. */
enum {
    LENGTH, MASKED, VALID, BOS, EOS, NEGATIVE, OUT_OF_RANGE, LARGE, CODES, LEAD_MASKED, TRAIL_MASKED, LEAD_BOS,
    LEAD_EOS, TRAIL_EOS, SPLIT, PROMPT, PLACEHOLDER, WILD, NEIGHBOURS, REPEATS,
    PAIRS,
    MATCHES = PAIRS + 2 * REACH + 1,
    SELF_PAIRS = MATCHES + 2 * REACH + 1,
    SELF_MATCHES = SELF_PAIRS + 2 * REACH + 1,
    LAST_LABEL = SELF_MATCHES + 2 * REACH + 1,
    ALL
};

typedef struct { int ignore, bos, eos, codes, vocabulary, special; } family;

/* Windows of one shape: where the values of each stand, and whether it is audio (a mark). */
typedef struct {
    const int *labels[ABREAST], *predictions[ABREAST];
    int audio[ABREAST];
    long label_size, prediction_size;
} windows;

/* Counts of the windows from `from` on. `PROMPT` is a mark: whether a text has an id from `special` on. */
ALWAYS_INLINE void count_together(const windows *of, int from, family is, int nothing, int (*found)[ABREAST]) {
    const int *const *labels = of->labels + from, *const *predictions = of->predictions + from;
    const long size = of->label_size, longest = size > of->prediction_size ? size : of->prediction_size;
    const lanes none = {0};
    lanes sum[ALL] = {none}, audio, masks = ~none, begins = ~none, ends = ~none, last = none + nothing;
    /* The newest value, and those before it. */
    lanes label[REACH + 1] = {none}, predicted[REACH + 1] = {none}, scored[REACH + 1] = {none};
    memcpy(&audio, of->audio + from, sizeof audio);
    for (long i = 0; i < longest; i++) {
        for (int lag = REACH; lag; lag--) {
            label[lag] = label[lag - 1], predicted[lag] = predicted[lag - 1], scored[lag] = scored[lag - 1];
        }
        if (i < size) {
            lanes value = label[0] = EACH_AT(labels, i);
            lanes masked = MARK(value == is.ignore), code = ~MARK(value < 0) & MARK(value < is.codes) & audio;
            lanes bos = MARK(value == is.bos) & audio, eos = MARK(value == is.eos) & audio;
            lanes outside = (MARK(value < 0) | MARK(value >= is.vocabulary)) & ~masked & audio;
            scored[0] = ~masked & ~(MARK(value >= is.codes) & audio);
            sum[MASKED] -= masked;
            sum[LEAD_MASKED] -= masks &= masked;
            sum[TRAIL_MASKED] = (sum[TRAIL_MASKED] - masked) & masked;
            last = (last & masked) | (value & ~masked);
            sum[NEGATIVE] -= MARK(value == -1);
            sum[BOS] -= bos;
            sum[LEAD_BOS] -= begins &= bos;
            sum[EOS] -= eos;
            sum[LEAD_EOS] -= ends &= eos;
            sum[TRAIL_EOS] = (sum[TRAIL_EOS] - eos) & eos;
            sum[CODES] -= code;
            sum[OUT_OF_RANGE] -= outside;
            sum[LARGE] -= outside & MARK(value > 0);
            sum[PROMPT] |= MARK(value >= is.special) & ~audio;
        }
        if (i < of->prediction_size) {
            lanes value = predicted[0] = EACH_AT(predictions, i);
            lanes below = MARK(value < 0) & ~MARK(value == is.ignore);
            sum[WILD] -= below | (MARK(value >= is.vocabulary) & audio);
        }
        if (size != of->prediction_size) continue;
        sum[PAIRS + REACH] -= scored[0];
        sum[MATCHES + REACH] -= scored[0] & MARK(label[0] == predicted[0]);
        sum[REPEATS] -= scored[0] & scored[1] & MARK(predicted[0] == predicted[1]);
        for (int lag = 1; lag <= REACH; lag++) {
            /* Before the first value nothing is scored. */
            lanes both = scored[0] & scored[lag], reached = i < lag ? none : scored[0];
            sum[PAIRS + REACH + lag] -= reached;
            sum[PAIRS + REACH - lag] -= scored[lag];
            sum[MATCHES + REACH + lag] -= reached & MARK(label[0] == predicted[lag]);
            sum[MATCHES + REACH - lag] -= scored[lag] & MARK(label[lag] == predicted[0]);
            sum[SELF_PAIRS + REACH + lag] -= both;
            sum[SELF_MATCHES + REACH + lag] -= both & MARK(label[0] == label[lag]);
        }
    }
    sum[LENGTH] = none + (int)size;
    sum[VALID] = sum[LENGTH] - sum[MASKED];
    sum[SPLIT] = (sum[MASKED] - sum[LEAD_MASKED] - sum[TRAIL_MASKED]) & MARK(sum[VALID] > 0);
    sum[SELF_PAIRS + REACH] = sum[SELF_MATCHES + REACH] = sum[PAIRS + REACH];
    sum[NEIGHBOURS] = sum[SELF_PAIRS + REACH + 1];
    sum[LAST_LABEL] = last;
    for (int lag = 1; lag <= REACH; lag++) {
        sum[SELF_PAIRS + REACH - lag] = sum[SELF_PAIRS + REACH + lag];
        sum[SELF_MATCHES + REACH - lag] = sum[SELF_MATCHES + REACH + lag];
    }
    for (int column = 0; column < ALL; column++) memcpy(found[column] + from, &sum[column], sizeof(lanes));
}

/* Counts of the first `count` windows; of a few more there are pointers. */
ALWAYS_INLINE void count_all(const windows *of, int count, family is, int nothing, int (*found)[ABREAST]) {
    for (int from = 0; from < count; from += TOGETHER) count_together(of, from, is, nothing, found);
}

#if defined(__GNUC__) && defined(__x86_64__)
/* The same for processors that have vectors of this length. */
__attribute__((target("avx2"))) static void count_all_avx2(
    const windows *of, int count, family is, int nothing, int (*found)[ABREAST]) {
    count_all(of, count, is, nothing, found);
}
#define HAS_AVX2 __builtin_cpu_supports("avx2")
#else
#define count_all_avx2 count_all
#define HAS_AVX2 0
#endif

static void count_windows(const windows *of, int count, family is, int nothing, int (*found)[ABREAST]) {
    if (HAS_AVX2)
        count_all_avx2(of, count, is, nothing, found);
    else
        count_all(of, count, is, nothing, found);
}
