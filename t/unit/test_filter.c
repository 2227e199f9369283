/*
 * Filters: the whole grammar with exact trees, leniencies, and every error with its detail.
 */
#include "scim/filter.h"

#include <apr_strings.h>
#include <string.h>

#include "filter_dump.h"
#include "unit.h"

#define CORE       "urn:ietf:params:scim:schemas:core:2.0:User"
#define ENTERPRISE "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

typedef struct {
    const char *type;
    const char *filter; /* ' stands for " */
    const char *wanted; /* the dump, or the detail of an error */
    unsigned used;      /* leniencies */
} filter_case_t;

static const filter_case_t good[] = {
    /* RFC 7644 figure 2 */
    {"User", "userName eq 'bjensen'", "(eq userName 'bjensen')", 0},
    {"User", "userName sw 'J'", "(sw userName 'J')", 0},
    {"User", CORE ":userName sw 'J'", "(sw userName 'J')", 0},
    {"User", "title pr", "(pr title)", 0},
    {"User", "meta.lastModified gt '2011-05-13T04:42:34Z'", "(gt meta.lastModified '2011-05-13T04:42:34Z')", 0},
    {"User", "meta.lastModified ge '2011-05-13T04:42:34Z'", "(ge meta.lastModified '2011-05-13T04:42:34Z')", 0},
    {"User", "meta.lastModified lt '2011-05-13T04:42:34Z'", "(lt meta.lastModified '2011-05-13T04:42:34Z')", 0},
    {"User", "meta.lastModified le '2011-05-13T04:42:34Z'", "(le meta.lastModified '2011-05-13T04:42:34Z')", 0},
    {"User", "title pr and userType eq 'Employee'", "(and (pr title) (eq userType 'Employee'))", 0},
    {"User", "title pr or userType eq 'Intern'", "(or (pr title) (eq userType 'Intern'))", 0},
    {"User", "schemas eq '" ENTERPRISE "'", "(eq schemas '" ENTERPRISE "')", 0},
    {"User", "userType eq 'Employee' and (emails co 'example.com' or emails.value co 'example.org')",
     "(and (eq userType 'Employee') (or (co emails.value 'example.com') (co emails.value 'example.org')))", 0},
    {"User", "userType ne 'Employee' and not (emails co 'example.com' or emails.value co 'example.org')",
     "(and (ne userType 'Employee') (not (or (co emails.value 'example.com') (co emails.value 'example.org'))))", 0},
    {"User", "userType eq 'Employee' and (emails.type eq 'work')",
     "(and (eq userType 'Employee') (eq emails.type 'work'))", 0},
    {"User", "userType eq 'Employee' and emails[type eq 'work' and value co '@example.com']",
     "(and (eq userType 'Employee') (path emails (and (eq type 'work') (co value '@example.com'))))", 0},
    {"User", "emails[type eq 'work' and value co '@example.com'] or ims[type eq 'xmpp' and value co '@foo.com']",
     "(or (path emails (and (eq type 'work') (co value '@example.com')))"
     " (path ims (and (eq type 'xmpp') (co value '@foo.com'))))",
     0},
    /* operators, case, spaces */
    {"User", "USERNAME Eq 'john'", "(eq userName 'john')", 0},
    {"User", "  title   NE   'x'  ", "(ne title 'x')", 0},
    {"User", "title ew 'x' AND title ge 'a' Or NOT(title le 'b')",
     "(or (and (ew title 'x') (ge title 'a')) (not (le title 'b')))", 0},
    /* precedence: not, and, or; both to the left */
    {"User", "title pr or title pr and nickName pr", "(or (pr title) (and (pr title) (pr nickName)))", 0},
    {"User", "title pr and title pr or nickName pr", "(or (and (pr title) (pr title)) (pr nickName))", 0},
    {"User", "title pr and title pr and nickName pr", "(and (and (pr title) (pr title)) (pr nickName))", 0},
    {"User", "title pr or title pr or nickName pr", "(or (or (pr title) (pr title)) (pr nickName))", 0},
    {"User", "(title pr or title pr) and nickName pr", "(and (or (pr title) (pr title)) (pr nickName))", 0},
    {"User", "not (title pr) and nickName pr", "(and (not (pr title)) (pr nickName))", 0},
    {"User", "not (not (title pr))", "(not (not (pr title)))", 0},
    {"User", "((title pr))", "(pr title)", 0},
    {"User", "emails[not (type eq 'work') or (value pr and primary eq true)]",
     "(path emails (or (not (eq type 'work')) (and (pr value) (eq primary true))))", 0},
    /* attributes */
    {"User", "id eq '2819c223'", "(eq id '2819c223')", 0},
    {"User", "externalId eq '701984'", "(eq externalId '701984')", 0},
    {"User", "groups eq 'x'", "(eq groups.value 'x')", 0},
    {"User", "groups.display sw 'x'", "(sw groups.display 'x')", 0},
    {"Group", "members eq 'x'", "(eq members.value 'x')", 0},
    {"Group", "members[value eq 'x' and type eq 'User']", "(path members (and (eq value 'x') (eq type 'User')))", 0},
    {"User", ENTERPRISE ":employeeNumber eq '1'", "(eq +employeeNumber '1')", 0},
    {"User", ENTERPRISE ":manager eq 'B'", "(eq +manager.value 'B')", 0},
    {"User", ENTERPRISE ":manager.displayName eq 'B'", "(eq +manager.displayName 'B')", 0},
    {"User", "name[givenName eq 'a' and familyName eq 'b']", "(path name (and (eq givenName 'a') (eq familyName 'b')))",
     0},
    {"User", "schemas[value eq 'x']", "(path schemas (eq schemas 'x'))", 0},
    /* presence of complex attributes, null */
    {"User", "name pr", "(pr name)", 0},
    {"User", "emails pr", "(pr emails)", 0},
    {"User", "emails.value pr", "(pr emails.value)", 0},
    {"User", "name eq null", "(eq name null)", 0},
    {"User", "emails ne null", "(ne emails null)", 0},
    {"User", "active eq null", "(eq active null)", 0},
    {"User", "active eq true", "(eq active true)", 0},
    {"User", "active ne false", "(ne active false)", 0},
    {"User", "x509Certificates.value eq 'MII='", "(eq x509Certificates.value 'MII=')", 0},
    /* Entra ID: the comparison and the brackets must match the same value */
    {"User", "emails[type eq 'work'].value eq 'x'", "(path emails (and (eq type 'work') (eq value 'x')))", 0},
    {"User", "emails[type eq 'work'].Value pr and title pr",
     "(and (path emails (and (eq type 'work') (pr value))) (pr title))", 0},
    {"User", "emails[type eq 'work' or type eq 'home'].value eq 'x'",
     "(path emails (and (or (eq type 'work') (eq type 'home')) (eq value 'x')))", 0},
    /* leniencies */
    {"User", "id eq 'A' and manager eq 'B'", "(and (eq id 'A') (eq +manager.value 'B'))", SCIM_LENIENT_BARE_EXTENSION},
    {"User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0User:department eq 'x'", "(eq +department 'x')",
     SCIM_LENIENT_URN_SLIP},
    {"User", "urn:scim:schemas:core:2.0:userName eq 'x'", "(eq userName 'x')", SCIM_LENIENT_URN_SLIP},
    {"User", "userName eq'x'", "(eq userName 'x')", SCIM_LENIENT_FILTER_SLIPS},
    {"User", "externalId eq jyoung", "(eq externalId 'jyoung')", SCIM_LENIENT_FILTER_SLIPS},
    {"User", "(externalId eq j@y.com) and title pr", "(and (eq externalId 'j@y.com') (pr title))",
     SCIM_LENIENT_FILTER_SLIPS},
    {"User", "emails[type eq work].value eq a@b", "(path emails (and (eq type 'work') (eq value 'a@b')))",
     SCIM_LENIENT_FILTER_SLIPS},
    {"User", "externalId eq 701984", "(eq externalId '701984')", SCIM_LENIENT_FILTER_SLIPS},
    {"User", "userName eq true", "(eq userName 'true')", SCIM_LENIENT_FILTER_SLIPS},
    {"User", "externalId eq 00123", "(eq externalId '00123')", SCIM_LENIENT_FILTER_SLIPS},
    {"User", "meta.created gt 2011-05-13T04:42:34Z", "(gt meta.created '2011-05-13T04:42:34Z')",
     SCIM_LENIENT_FILTER_SLIPS},
    {"User", "active eq 'False'", "(eq active false)", SCIM_LENIENT_FILTER_SLIPS},
    {"User", "active eq TRUE", "(eq active true)", SCIM_LENIENT_FILTER_SLIPS},
    {"User", "roles[primary eq 'True'].value eq 'x'", "(path roles (and (eq primary true) (eq value 'x')))",
     SCIM_LENIENT_FILTER_SLIPS},
};

static void test_good(void)
{
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        scim_leniency_t leniency = {.allowed = SCIM_LENIENT_ALL};
        const scim_filter_t *filter;

        if (UNIT_OK(scim_filter_read(&filter, unit_quotes(good[i].filter), unit_type(good[i].type), &leniency,
                                     unit_pool))) {
            UNIT_STR(unit_filter_dump(filter), good[i].wanted);
            UNIT_INT(leniency.used, good[i].used);
        }
    }
}

/* A filter that needs a leniency is refused without it. */
static void test_strict(void)
{
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        scim_leniency_t leniency = {.allowed = SCIM_LENIENT_ALL & ~good[i].used};
        const scim_filter_t *filter;
        scim_error_t *error =
            scim_filter_read(&filter, unit_quotes(good[i].filter), unit_type(good[i].type), &leniency, unit_pool);

        UNIT_INT(error != NULL, good[i].used != 0);
    }
}

static scim_error_t *read_strict(const scim_filter_t **filter, const char *text, const char *type)
{
    scim_leniency_t leniency = {.allowed = SCIM_LENIENT_NONE};

    return scim_filter_read(filter, text, unit_type(type), &leniency, unit_pool);
}

#define EXPECTED_ATTRIBUTE "expected an attribute, 'not' or '('."
#define EXPECTED_OPERATOR  "expected an operator (eq, ne, co, sw, ew, gt, ge, lt, le or pr)."
#define EXPECTED_VALUE     "expected a value (a string in double quotes, a number, true, false or null)."
#define EXPECTED_END       "expected 'and', 'or' or the end of the filter."

static const filter_case_t bad[] = {
    {"User", "", "The filter has an error at character 1: " EXPECTED_ATTRIBUTE, 0},
    {"User", "   ", "The filter has an error at character 4: " EXPECTED_ATTRIBUTE, 0},
    {"User", "userName", "The filter has an error at character 9: " EXPECTED_OPERATOR, 0},
    {"User", "userName regex 'x'", "The operator 'regex' at character 10 of the filter is not supported.", 0},
    {"User", "userName eq", "The filter has an error at character 12: " EXPECTED_VALUE, 0},
    {"User", "userName eq x", "The filter has an error at character 13: " EXPECTED_VALUE, 0},
    {"User", "userName eq'x'", "The filter has an error at character 12: expected a space.", 0},
    {"User", "userName eq 'x", "The filter has an error at character 15: expected the closing quote of a string.", 0},
    {"User", "userName eq 'x' 'y'", "The filter has an error at character 17: " EXPECTED_END, 0},
    {"User", "userName eq 'x' title pr", "The filter has an error at character 17: " EXPECTED_END, 0},
    {"User", "userName eq 'x')", "The filter has an error at character 16: " EXPECTED_END, 0},
    {"User", "userName pr 'x'", "The filter has an error at character 13: " EXPECTED_END, 0},
    {"User", "userName eq 'x' and", "The filter has an error at character 20: " EXPECTED_ATTRIBUTE, 0},
    {"User", "userName eq 'x' or )", "The filter has an error at character 20: " EXPECTED_ATTRIBUTE, 0},
    {"User", "(userName eq 'x'", "The filter has an error at character 17: expected 'and', 'or' or ')'.", 0},
    {"User", "not title pr", "The filter has an error at character 5: expected '(' after 'not'.", 0},
    {"User", "'userName' eq 'x'", "The filter has an error at character 1: " EXPECTED_ATTRIBUTE, 0},
    {"User", "userName eq 'ä' ö pr", "The filter has an error at character 17: " EXPECTED_END, 0},
    /* attributes */
    {"User", "nope eq 'x'",
     "'nope' at character 1 of the filter is not an attribute of User. /Schemas lists the existing ones.", 0},
    {"User", "title pr and name.nope eq 'x'",
     "'name.nope' at character 14 of the filter is not an attribute of User. /Schemas lists the existing ones.", 0},
    {"Group", "userName eq 'x'",
     "'userName' at character 1 of the filter is not an attribute of Group. /Schemas lists the existing ones.", 0},
    {"User", "manager eq 'x'",
     "'manager' at character 1 of the filter is not an attribute of User. /Schemas lists the existing ones.", 0},
    {"User", "urn:x:y eq 'x'",
     "'urn:x:y' at character 1 of the filter is not an attribute of User. /Schemas lists the existing ones.", 0},
    {"User", ENTERPRISE " pr",
     "'" ENTERPRISE "' at character 1 of the filter is not an attribute of User. /Schemas lists the existing ones.", 0},
    {"User", "name eq 'x'", "The attribute 'name' is complex: the filter must name one of its sub-attributes.", 0},
    {"User", "addresses co 'x'",
     "The attribute 'addresses' is complex: the filter must name one of its sub-attributes.", 0},
    {"User", "meta gt '2011-05-13T04:42:34Z'",
     "The attribute 'meta' is complex: the filter must name one of its sub-attributes.", 0},
    {"User", "password eq 'x'", "The attribute 'password' cannot be filtered by.", 0},
    {"User", "PassWord pr", "The attribute 'PassWord' cannot be filtered by.", 0},
    /* types */
    {"User", "active gt true", "The operator 'gt' cannot be used on the boolean attribute 'active'.", 0},
    {"User", "active ge true", "The operator 'ge' cannot be used on the boolean attribute 'active'.", 0},
    {"User", "active lt true", "The operator 'lt' cannot be used on the boolean attribute 'active'.", 0},
    {"User", "active le true", "The operator 'le' cannot be used on the boolean attribute 'active'.", 0},
    {"User", "active co true", "The operator 'co' cannot be used on the boolean attribute 'active'.", 0},
    {"User", "x509Certificates.value gt 'x'",
     "The operator 'gt' cannot be used on the binary attribute 'x509Certificates.value'.", 0},
    {"User", "x509Certificates sw 'x'", "The operator 'sw' cannot be used on the binary attribute 'x509Certificates'.",
     0},
    {"User", "meta.created co '2011'", "The operator 'co' cannot be used on the dateTime attribute 'meta.created'.", 0},
    {"User", "active eq 'x'",
     "The boolean attribute 'active' is compared at character 11 of the filter with a value that is not true or false.",
     0},
    {"User", "active eq 'True'",
     "The boolean attribute 'active' is compared at character 11 of the filter with a value that is not true or false.",
     0},
    {"User", "active eq 1",
     "The boolean attribute 'active' is compared at character 11 of the filter with a value that is not true or false.",
     0},
    {"User", "title eq 5",
     "The string attribute 'title' is compared at character 10 of the filter with a value that is not a string.", 0},
    {"User", "title eq true",
     "The string attribute 'title' is compared at character 10 of the filter with a value that is not a string.", 0},
    {"User", "meta.created gt 'yesterday'",
     "The dateTime attribute 'meta.created' is compared at character 17 of the filter with a value that is not a "
     "dateTime such "
     "as "
     "'2011-05-13T04:42:34Z'.",
     0},
    {"User", "title gt null", "The operator 'gt' cannot be used with null, only 'eq' and 'ne' can.", 0},
    {"User", "title co null", "The operator 'co' cannot be used with null, only 'eq' and 'ne' can.", 0},
    /* invalid numbers */
    {"User", "title eq 05", "The filter has an error at character 10: " EXPECTED_VALUE, 0},
    {"User", "title eq 1.", "The filter has an error at character 10: " EXPECTED_VALUE, 0},
    {"User", "title eq -", "The filter has an error at character 10: " EXPECTED_VALUE, 0},
    {"User", "title eq 1e", "The filter has an error at character 10: " EXPECTED_VALUE, 0},
    {"User", "title eq 1e1000", "The filter has an error at character 10: " EXPECTED_VALUE, 0},
    {"User", "title eq -1.5e+999",
     "The string attribute 'title' is compared at character 10 of the filter with a value that is not a string.", 0},
    {"User", "title eq TRUE", "The filter has an error at character 10: " EXPECTED_VALUE, 0},
    /* value paths */
    {"User", "emails[]", "The filter has an error at character 8: " EXPECTED_ATTRIBUTE, 0},
    {"User", "emails[type pr", "The filter has an error at character 15: expected 'and', 'or' or ']'.", 0},
    {"User", "emails[(type pr]", "The filter has an error at character 16: expected 'and', 'or' or ')'.", 0},
    {"User", "emails[nope pr]", "'nope' at character 8 of the filter is not a sub-attribute of 'emails'.", 0},
    {"User", "emails[emails.type pr]", "'emails.type' at character 8 of the filter is not a sub-attribute of 'emails'.",
     0},
    {"User", "emails[type[value pr]]", "The filter has an error at character 12: " EXPECTED_OPERATOR, 0},
    {"User", "emails[type pr] eq 'x'", "The filter has an error at character 17: " EXPECTED_END, 0},
    {"User", "emails[type pr].", "'' at character 17 of the filter is not a sub-attribute of 'emails'.", 0},
    {"User", "emails[type pr].nope eq 'x'", "'nope' at character 17 of the filter is not a sub-attribute of 'emails'.",
     0},
    {"User", "emails[type pr].value", "The filter has an error at character 22: " EXPECTED_OPERATOR, 0},
    {"User", "title[value pr]",
     "The filter has an error at character 6: expected brackets only behind a complex or multi-valued attribute.", 0},
    {"User", "emails.value[type pr]",
     "The filter has an error at character 13: expected brackets only behind a complex or multi-valued attribute.", 0},
    {"User", "schemas[nope pr]", "'nope' at character 9 of the filter is not a sub-attribute of 'schemas'.", 0},
};

static void test_bad(void)
{
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const scim_filter_t *filter;

        UNIT_ERROR(read_strict(&filter, unit_quotes(bad[i].filter), bad[i].type), SCIM_INVALID_FILTER,
                   unit_quotes(bad[i].wanted));
    }
}

/* Strings with escapes: the text between the quotes, and its value or the detail. */
static const struct {
    const char *text;
    const char *value;
    const char *detail;
} strings[] = {
    {"O'Malley", "O'Malley", NULL},
    {"", "", NULL},
    {"a b)c]d", "a b)c]d", NULL},
    {"\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t", NULL},
    {"\\u0041\\u00e4\\u20ac\\ud83d\\uDE00", "Aä€😀", NULL},
    {"äöü😀", "äöü😀", NULL},
    {"%'; drop table", "%'; drop table", NULL},
    {"a\\u0000", NULL, "The filter has an error at character 12: expected any character but NUL."},
    {"\\ud83d", NULL, "The filter has an error at character 11: expected a pair of surrogates."},
    {"\\ud83d\\u0041", NULL, "The filter has an error at character 11: expected a pair of surrogates."},
    {"\\ud83dxxxxxxx", NULL, "The filter has an error at character 11: expected a pair of surrogates."},
    {"\\ude00\\ud83d", NULL, "The filter has an error at character 11: expected a pair of surrogates."},
    {"\\u12g4", NULL, "The filter has an error at character 11: expected four hexadecimal digits after \"\\u\"."},
    {"\\x", NULL, "The filter has an error at character 11: expected an escape of JSON."},
    {"a\tb", NULL, "The filter has an error at character 12: expected control characters to be escaped."},
    {"\xff", NULL, "The filter is not UTF-8."},
};

static void test_strings(void)
{
    for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
        const scim_filter_t *filter;
        const char *text = apr_pstrcat(unit_pool, "title eq \"", strings[i].text, "\"", NULL);
        scim_error_t *error = read_strict(&filter, text, "User");

        if (strings[i].detail)
            UNIT_ERROR(error, SCIM_INVALID_FILTER, strings[i].detail);
        else if (UNIT_OK(error))
            UNIT_STR(filter->value, strings[i].value);
    }
}

/* `head`, then `middle` repeated, then `tail`. */
static const char *repeat(const char *head, const char *middle, int times, const char *tail)
{
    char *text = apr_palloc(unit_pool, strlen(head) + (size_t)times * strlen(middle) + strlen(tail) + 1), *at = text;

    at = apr_cpystrn(at, head, strlen(head) + 1);
    for (int i = 0; i < times; i++)
        at = apr_cpystrn(at, middle, strlen(middle) + 1);
    apr_cpystrn(at, tail, strlen(tail) + 1);
    return text;
}

static void test_limits(void)
{
    const scim_filter_t *filter;
    const char *deep = "The filter nests parentheses and brackets deeper than 32.";

    UNIT_OK(read_strict(&filter, repeat("title pr", " or title pr", 127, ""), "User"));
    UNIT_ERROR(read_strict(&filter, repeat("title pr", " or title pr", 128, ""), "User"), SCIM_INVALID_FILTER,
               "The filter has more than 128 comparisons.");
    UNIT_OK(read_strict(&filter, repeat("(title pr)", " or (title pr)", 50, ""), "User"));
    UNIT_OK(read_strict(&filter, repeat(repeat("", "(", 32, "title pr"), ")", 32, ""), "User"));
    UNIT_ERROR(read_strict(&filter, repeat("", "(", 33, ""), "User"), SCIM_INVALID_FILTER, deep);
    UNIT_ERROR(read_strict(&filter, repeat("", "not(", 33, ""), "User"), SCIM_INVALID_FILTER, deep);
    UNIT_ERROR(read_strict(&filter, repeat("", "(", 32, "emails[type pr]"), "User"), SCIM_INVALID_FILTER, deep);
    UNIT_OK(read_strict(&filter, repeat("title eq \"", "x", 8192, "\""), "User"));
    UNIT_ERROR(read_strict(&filter, repeat("title eq \"", "x", 8193, "\""), "User"), SCIM_INVALID_FILTER,
               "The value at character 10 of the filter has 8193 bytes; at most 8192 are compared.");
    UNIT_OK(read_strict(&filter, repeat("id eq \"x\"", " or id eq \"x\"", 999, ""), "User"));
    UNIT_ERROR(read_strict(&filter, repeat("id eq \"x\"", " or id eq \"x\"", 1000, ""), "User"), SCIM_INVALID_FILTER,
               "The filter has more than 1000 comparisons with ids.");
    UNIT_OK(read_strict(&filter, repeat("title pr", " or groups[value eq \"x\"] or title pr", 127, ""), "User"));
}

static void test_values(void)
{
    scim_leniency_t leniency = {.allowed = SCIM_LENIENT_NONE};
    const scim_attr_t *emails = scim_type_attr(unit_type("User"), "emails", 6);
    const scim_filter_t *filter;
    const char *text = "type eq \"work\" and primary eq true]";

    if (UNIT_OK(scim_filter_read_values(&filter, text, strlen(text) - 1, emails, &leniency, unit_pool))) {
        UNIT_STR(unit_filter_dump(filter), "(and (eq type 'work') (eq primary true))");
        CU_ASSERT_PTR_EQUAL(filter->left->attr->parent, emails);
    }
    UNIT_ERROR(scim_filter_read_values(&filter, text, strlen(text), emails, &leniency, unit_pool), SCIM_INVALID_FILTER,
               "The filter has an error at character 35: expected \"and\", \"or\" or the end of the filter.");
    UNIT_ERROR(scim_filter_read_values(&filter, "nope pr", 7, emails, &leniency, unit_pool), SCIM_INVALID_FILTER,
               "\"nope\" at character 1 of the filter is not a sub-attribute of \"emails\".");
}

CU_TestInfo test_filter[] = {
    {"filters that are read", test_good},
    {"no leniency", test_strict},
    {"filters that are refused", test_bad},
    {"strings", test_strings},
    {"limits", test_limits},
    {"inside of brackets", test_values},
    CU_TEST_INFO_NULL,
};
