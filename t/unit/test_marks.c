#include "scim/marks.h"

#include <string.h>

#include "scim/text.h"
#include "unit.h"

/* Whether a letter followed by `times` repetitions of `text` is refused. */
static int many(const char *text, int times)
{
    scim_buf_t buf;

    scim_buf_init(&buf, 64, unit_pool);
    scim_buf_puts(&buf, "e");
    for (int i = 0; i < times; i++)
        scim_buf_puts(&buf, text);
    return scim_marks_many(buf.data, buf.len);
}

static void thirty_are_allowed(void)
{
    static const char *const marks[] = {
        "\xcc\x80",         /* U+0300, the first one */
        "\xcc\x81",         /* U+0301 */
        "\xcc\x96",         /* U+0316, below */
        "\xd6\xb0",         /* U+05B0, Hebrew */
        "\xe0\xbd\xb3",     /* U+0F73 has class 0 itself, but is decomposed into two marks */
        "\xe0\xbe\x81",     /* U+0F81, the same */
        "\xe2\x83\x90",     /* U+20D0 */
        "\xf0\x9d\x85\xa5", /* U+1D165, outside of the Basic Multilingual Plane */
        "\xf0\x9e\xa5\x84", /* U+1E944 */
        "\xf3\xaf\xbf\xbd", /* U+FFFFD, unassigned: it may become a mark */
    };

    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        UNIT_INT(many(marks[i], SCIM_MARKS_MAX), 0);
        UNIT_INT(many(marks[i], SCIM_MARKS_MAX + 1), 1);
    }
    UNIT_INT(many("\xcc\x81\xcc\x96", 16), 1);
}

static void words_are_no_marks(void)
{
    static const char *const words[] = {
        "a",
        "\xc3\xa9",
        "e\xcc\x81",
        "\xcb\xbf",
        "\xce\xb1",
        "\xe1\xbe\x82",
        "\xe6\xbc\xa2",
        "\xed\x95\x9c",
        "\xf0\x9f\x98\x80",
        "\xe0\xa4\xa8\xe0\xa4\xbf", /* Devanagari, a vowel sign */
        "\xff",
        "\xcc", /* not UTF-8 */
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        UNIT_INT(many(words[i], 1000), 0);
    UNIT_INT(scim_marks_many("", 0), 0);
    UNIT_INT(scim_marks_many("\xcc\x81\xcc\x81", 1), 0);
}

/* Marks count at any position, but a letter between them ends the row. */
static void they_stand_in_a_row(void)
{
    scim_buf_t buf;

    scim_buf_init(&buf, 64, unit_pool);
    for (int i = 0; i < 31; i++)
        scim_buf_puts(&buf, "\xcc\x81");
    UNIT_INT(scim_marks_many(buf.data, buf.len), 1);
    scim_buf_puts(&buf, "tail");
    UNIT_INT(scim_marks_many(buf.data, buf.len), 1);
    memcpy(buf.data + 20, "ab", 2);
    UNIT_INT(scim_marks_many(buf.data, buf.len), 0);
}

CU_TestInfo test_marks[] = {{"thirty are allowed", thirty_are_allowed},
                            {"words are no marks", words_are_no_marks},
                            {"they stand in a row", they_stand_in_a_row},
                            CU_TEST_INFO_NULL};
