#include "marks.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

/* In UTF-8, characters with smaller first bytes come before the first combining mark, U+0300. */
#define FIRST_BYTE 0xcc

/* A character that this ICU does not know counts as a mark, because a newer PostgreSQL may know it as one. */
static int is_mark(UChar32 c)
{
    return u_getIntPropertyValue(c, UCHAR_LEAD_CANONICAL_COMBINING_CLASS) != 0 || !u_isdefined(c);
}

int scim_marks_many(const char *text, apr_size_t len)
{
    const uint8_t *bytes = (const uint8_t *)text;
    int row = 0;
    for (apr_size_t i = 0; i < len && row <= SCIM_MARKS_MAX;) {
        UChar32 c = 0;
        if (bytes[i] < FIRST_BYTE) {
            row = 0;
            i++;
            continue;
        }
        U8_NEXT(bytes, i, len, c);
        row = c > 0 && is_mark(c) ? row + 1 : 0;
    }
    return row > SCIM_MARKS_MAX;
}
