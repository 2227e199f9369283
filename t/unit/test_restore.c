#include "rules/restore.h"

#include <apr_strings.h>

#include "unit.h"

static void identifiers(void)
{
    static const struct {
        const char *doc;
        int identifies;
    } cases[] = {
        {"{}", 0},
        {"{'externalId':''}", 0},
        {"{'externalId':'0'}", 0},
        {"{'externalId':'null'}", 0},
        {"{'externalId':'12345'}", 0},
        {"{'externalId':'123456789012345'}", 0},
        {"{'externalId':'1234567890123456'}", 1},
        {"{'externalId':'                 0'}", 0},
        {"{'externalId':'0                 '}", 0},
        {"{'externalId':'00ujl29u0le5T6Aj10h7'}", 1},
        {"{'externalId':'0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef'}", 1},
        {"{'externalId':'{0A21F0F2-8D2A-4F8E-BF98-7363C4AED4EF}'}", 1},
        {"{'externalId':'00000000-0000-0000-0000-000000000000'}", 0},
        {"{'externalId':'{ffffffff-ffff-ffff-ffff-ffffffffffff}'}", 0},
        {"{'externalId':'----------------'}", 0},
        {"{'externalId':'xxxxxxxxxxxxxxxxxxxx'}", 0},
        /* 15 characters, of two bytes each */
        {"{'externalId':'\xc3\xa4\xc3\xb6\xc3\xa4\xc3\xb6\xc3\xa4\xc3\xb6\xc3\xa4\xc3\xb6\xc3\xa4\xc3\xb6\xc3\xa4\xc3"
         "\xb6\xc3\xa4\xc3\xb6\xc3\xa4'}",
         0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        if (!UNIT_INT(scim_restore_identifies(unit_json(cases[i].doc)), cases[i].identifies))
            UNIT_STR(cases[i].doc, "as wanted");
    }
}

CU_TestInfo test_restore[] = {{"what names one person", identifiers}, CU_TEST_INFO_NULL};
