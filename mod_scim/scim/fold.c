#include "fold.h"

#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#define REPLACEMENT 0xfffd /* replaces invalid characters */

/* Folds ASCII to lower case; NULL: there is another character. */
static const char *fold_ascii(const char *text, apr_pool_t *pool)
{
    char *folded = apr_pstrdup(pool, text);
    for (char *at = folded; *at; at++) {
        if (*at & 0x80)
            return NULL;
        if (*at >= 'A' && *at <= 'Z')
            *at |= 0x20;
    }
    return folded;
}

typedef struct utf16_t {
    UChar *units;
    int32_t len;
} utf16_t;

static int32_t compose(UChar *out, int32_t size, const UChar *in, int32_t len, UErrorCode *code)
{
    return unorm2_normalize(unorm2_getNFCInstance(code), in, len, out, size, code);
}

/* The empty locale is ICU's root, the same as in the collation und-x-icu. */
static int32_t to_lower(UChar *out, int32_t size, const UChar *in, int32_t len, UErrorCode *code)
{
    return u_strToLower(out, size, in, len, "", code);
}

static int32_t to_upper(UChar *out, int32_t size, const UChar *in, int32_t len, UErrorCode *code)
{
    return u_strToUpper(out, size, in, len, "", code);
}

/* The dotless i must not become i, although both have the same upper-case letter. Between the steps a noncharacter
 * replaces it (as in scim.fold). */
#define DOTLESS_I 0x0131

static int32_t hide_dotless(UChar *out, int32_t size, const UChar *in, int32_t len, UErrorCode *code)
{
    int32_t used = 0;
    for (int32_t i = 0; i < len; i++) {
        if (used + 2 > size) {
            *code = U_BUFFER_OVERFLOW_ERROR;
            return 2 * len;
        }
        if (in[i] == DOTLESS_I) {
            out[used++] = 0xdbff;
            out[used++] = 0xdfff;
        } else {
            out[used++] = in[i];
        }
    }
    return used;
}

static int32_t show_dotless(UChar *out, int32_t size, const UChar *in, int32_t len, UErrorCode *code)
{
    int32_t used = 0;
    if (size < len) {
        *code = U_BUFFER_OVERFLOW_ERROR;
        return len;
    }
    for (int32_t i = 0; i < len; i++) {
        if (in[i] == 0xdbff && i + 1 < len && in[i + 1] == 0xdfff) {
            out[used++] = DOTLESS_I;
            i++;
        } else {
            out[used++] = in[i];
        }
    }
    return used;
}

typedef int32_t (*fold_step_t)(UChar *out, int32_t size, const UChar *in, int32_t len, UErrorCode *code);

/* The same steps as in scim.fold(), in the same order. */
static const fold_step_t fold_steps[] = {compose, hide_dotless, to_lower, to_upper, to_lower, show_dotless, compose};

/* ICU fails only without memory. Then the process ends, as it does after any failed allocation, because a text must
 * never be compared unfolded. */
static void check_icu(UErrorCode code)
{
    if (U_FAILURE(code))
        abort();
}

static utf16_t fold_step(fold_step_t step, utf16_t in, apr_pool_t *pool)
{
    int32_t size = in.len + in.len / 2 + 16;
    for (;;) {
        UErrorCode code = U_ZERO_ERROR;
        utf16_t out = {apr_palloc(pool, (apr_size_t)size * sizeof(UChar)), 0};
        out.len = step(out.units, size, in.units, in.len, &code);
        if (code != U_BUFFER_OVERFLOW_ERROR) {
            check_icu(code);
            return out;
        }
        size = out.len + 1;
    }
}

static utf16_t to_utf16(const char *text, apr_pool_t *pool)
{
    const apr_size_t len = strlen(text);
    UErrorCode code = U_ZERO_ERROR;
    utf16_t out = {apr_palloc(pool, len * sizeof(UChar)), 0};
    u_strFromUTF8WithSub(out.units, (int32_t)len, &out.len, text, (int32_t)len, REPLACEMENT, NULL, &code);
    check_icu(code);
    return out;
}

static const char *to_utf8(utf16_t in, apr_pool_t *pool)
{
    const int32_t size = 3 * in.len + 1;
    UErrorCode code = U_ZERO_ERROR;
    char *out = apr_palloc(pool, (apr_size_t)size);
    int32_t len = 0;
    u_strToUTF8WithSub(out, size, &len, in.units, in.len, REPLACEMENT, NULL, &code);
    check_icu(code);
    return out;
}

const char *scim_fold(const char *text, apr_pool_t *pool)
{
    const char *ascii = fold_ascii(text, pool);
    if (ascii)
        return ascii;
    apr_pool_t *steps;
    apr_pool_create(&steps, pool);
    utf16_t folded = to_utf16(text, steps);
    for (apr_size_t i = 0; i < sizeof(fold_steps) / sizeof(*fold_steps); i++)
        folded = fold_step(fold_steps[i], folded, steps);
    const char *out = to_utf8(folded, pool);
    apr_pool_destroy(steps);
    return out;
}
