/* Values that are removed from texts that people read. */
#include <string.h>

#include "scim/json.h"
#include "scim/mask.h"
#include "scim/text.h"
#include "unit.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const scim_mask_t some = {"password,pin", "emails,familyName,employeeNumber", NULL};
static const scim_mask_t none = {"password,pin", "", NULL};
static const scim_mask_t unknown = {"password,pin", NULL, NULL};
static const scim_mask_t people = {"password", "userName,displayName,roles,emails", NULL};

typedef struct row_t {
    const char *given, *masked;
} row_t;

static const char *masked_json(const char *text, const scim_mask_t *mask)
{
    json_object *body;
    if (!UNIT_OK(scim_json_read(&body, text, strlen(text), 32, unit_pool))) {
        return NULL;
    }
    scim_mask_json(body, mask, unit_pool);
    return scim_json_text(body, NULL, unit_pool);
}

static void check_json(const row_t *rows, size_t count, const scim_mask_t *mask)
{
    for (size_t i = 0; i < count; i++) {
        UNIT_STR(masked_json(rows[i].given, mask), rows[i].masked);
    }
}

static void messages(void)
{
    static const row_t rows[] = {
        {"{\"userName\":\"x\",\"password\":\"y\"}", "{\"userName\":\"x\",\"password\":\"***\"}"},
        {"{\"PassWord\":7,\"passwords\":1}", "{\"passwords\":1,\"PassWord\":\"***\"}"},
        {"{\"name\":{\"familyName\":\"x\",\"givenName\":\"y\"}}",
         "{\"name\":{\"givenName\":\"y\",\"familyName\":\"***\"}}"},
        {"{\"emails\":[{\"value\":\"x\"}]}", "{\"emails\":\"***\"}"},
        {"{\"a\":[[{\"EMAILS\":null}]]}", "{\"a\":[[{\"EMAILS\":\"***\"}]]}"},
        {"{\"urn:x:2.0:User:employeeNumber\":\"7\"}", "{\"urn:x:2.0:User:employeeNumber\":\"***\"}"},
        {"{\"emails[value eq \\\"x\\\"].type\":\"y\"}", "{\"emails[value eq \\\"***\\\"].type\":\"***\"}"},
        {"{\"op\":\"add\",\"path\":\"name.familyName\",\"value\":{\"a\":1}}",
         "{\"op\":\"add\",\"path\":\"name.familyName\",\"value\":\"***\"}"},
        {"{\"Op\":\"add\",\"Path\":\"password\",\"VALUE\":\"x\"}",
         "{\"Op\":\"add\",\"Path\":\"password\",\"VALUE\":\"***\"}"},
        {"{\"op\":\"remove\",\"path\":\"emails[value eq \\\"x\\\"]\"}",
         "{\"op\":\"remove\",\"path\":\"emails[value eq \\\"***\\\"]\"}"},
        {"{\"filter\":\"title eq \\\"a\\\" or emails eq \\\"x\\\"\"}",
         "{\"filter\":\"title eq \\\"***\\\" or emails eq \\\"***\\\"\"}"},
        {"{\"filter\":\"title eq \\\"a\\\"\"}", "{\"filter\":\"title eq \\\"a\\\"\"}"},
        {"{\"path\":\"title\",\"value\":\"emails\"}", "{\"path\":\"title\",\"value\":\"emails\"}"},
        /* attributes that no schema ever returns */
        {"{\"urn:x:y:User\":{\"PIN\":\"x\"}}", "{\"urn:x:y:User\":{\"PIN\":\"***\"}}"},
        /* other ways to write a value */
        {"{\"filter\":\"emails eq x\"}", "{\"filter\":\"emails eq ***\"}"},
        {"{\"filter\":\"emails eq 'x'\"}", "{\"filter\":\"emails eq '***'\"}"},
        {"{\"FILTER\":\"emails.value eq 17 and not (title eq true)\"}",
         "{\"FILTER\":\"emails.value eq *** and not (title eq ***)\"}"},
        {"{\"filter\":\"title eq 'x'\"}", "{\"filter\":\"title eq 'x'\"}"},
        {"{\"path\":\"emails[value eq x].value\",\"value\":1}",
         "{\"path\":\"emails[value eq ***].value\",\"value\":\"***\"}"},
        {"{\"path\":\"emails[value eq 'x'\",\"value\":1}", "{\"path\":\"***\",\"value\":\"***\"}"},
        {"{\"path\":\"password x\",\"value\":1}", "{\"path\":\"***\",\"value\":\"***\"}"},
        {"{\"path\":\"password=x\",\"value\":1}", "{\"path\":\"***\",\"value\":\"***\"}"},
        {"{\"path\":\"password.x\",\"value\":1}", "{\"path\":\"***\",\"value\":\"***\"}"},
        {"{\"path\":\"emails.x1\",\"value\":1}", "{\"path\":\"***\",\"value\":\"***\"}"},
        {"{\"path\":\"%70assword\",\"value\":1}", "{\"path\":\"***\",\"value\":\"***\"}"},
        {"{\"password x\":1}", "{\"***\":\"***\"}"},
        {"{\"cursor\":\"AbC\"}", "{\"cursor\":\"***\"}"},
        /* JSON in a string */
        {"{\"value\":\"{\\\"password\\\":\\\"x\\\",\\\"a\\\":1}\"}",
         "{\"value\":\"{\\\"a\\\":1,\\\"password\\\":\\\"***\\\"}\"}"},
        {"{\"value\":\" [{\\\"emails\\\":\\\"x\\\"}]\"}", "{\"value\":\"[{\\\"emails\\\":\\\"***\\\"}]\"}"},
        {"{\"value\":[\"{\\\"pass\\\\u0077ord\\\":\\\"x\\\"}\"]}", "{\"value\":[\"{\\\"password\\\":\\\"***\\\"}\"]}"},
        {"{\"value\":\"{password:x}\"}", "{\"value\":\"***\"}"},
        {"{\"value\":\"{\\\"a\\\":1}\"}", "{\"value\":\"{\\\"a\\\":1}\"}"},
        /* Bulk */
        {"{\"method\":\"GET\",\"path\":\"/Users?filter=emails%20eq%20%22x%22\"}",
         "{\"method\":\"GET\",\"path\":\"/Users?filter=emails%20eq%20%22***%22\"}"},
        {"{\"path\":\"/Users/x@y\"}", "{\"path\":\"/Users/***\"}"},
        {"{\"path\":\"/Users/bulkId:a\"}", "{\"path\":\"/Users/bulkId:a\"}"},
        {"{\"path\":\"Users/01234567-89ab-7def-8123-456789abcdef?emails=x\"}",
         "{\"path\":\"Users/01234567-89ab-7def-8123-456789abcdef?emails=***\"}"},
        {"{\"path\":\"https://a.example/Users?password=x\"}", "{\"path\":\"***\"}"},
    };
    check_json(rows, COUNT(rows), &some);
}

/* For a tenant that masks nothing, only passwords are removed. */
static void passwords(void)
{
    static const row_t rows[] = {
        {"{\"emails\":\"x\",\"password\":\"y\",\"pin\":1}", "{\"emails\":\"x\",\"password\":\"***\",\"pin\":\"***\"}"},
        {"{\"filter\":\"emails eq 'x'\"}", "{\"filter\":\"emails eq 'x'\"}"},
        {"{\"path\":\"emails[value eq 'x'\",\"value\":1}", "{\"path\":\"emails[value eq 'x'\",\"value\":1}"},
        {"{\"path\":\"password[value eq 'x'\",\"value\":1}", "{\"path\":\"***\",\"value\":\"***\"}"},
        {"{\"value\":\"{x\"}", "{\"value\":\"{x\"}"},
        {"{\"value\":\"{password=x\"}", "{\"value\":\"***\"}"},
        {"{\"value\":\"{\\\"pass\\\\u0077ord\\\":\\\"x\\\"}\"}", "{\"value\":\"{\\\"password\\\":\\\"***\\\"}\"}"},
        {"{\"cursor\":\"AbC\"}", "{\"cursor\":\"AbC\"}"},
    };
    check_json(rows, COUNT(rows), &none);
}

static void check_urls(const row_t *rows, size_t count, const scim_mask_t *mask)
{
    for (size_t i = 0; i < count; i++) {
        UNIT_STR(scim_mask_url(rows[i].given, 0, mask, unit_pool), rows[i].masked);
    }
}

static void urls(void)
{
    static const row_t rows[] = {
        {"/Users?filter=emails%20eq%20%22x%22&count=1", "/Users?filter=emails%20eq%20%22***%22&count=1"},
        {"/Users?filter=EMAILS eq \"x\" or title eq \"y\"", "/Users?filter=EMAILS eq \"***\" or title eq \"***\""},
        {"/Users?filter=title eq \"y\"", "/Users?filter=title eq \"y\""},
        {"/Users?filter=title%20pr%20or%20emails%20eq%20%22x%22",
         "/Users?filter=title%20pr%20or%20emails%20eq%20%22***%22"},
        {"/Users?filter=urn%3Ax%3AUser%3aemployeeNumber%20eq%20%22x%22",
         "/Users?filter=urn%3Ax%3AUser%3aemployeeNumber%20eq%20%22***%22"},
        {"/Users?filter=%65mail%73+eq+%22x%22", "/Users?filter=%65mail%73+eq+%22***%22"},
        {"/Users?filter=emails eq \"x\\\"y\" or title eq \"z\\\\\"",
         "/Users?filter=emails eq \"***\" or title eq \"***\""},
        /* no quotes, single ones, numbers, words of JSON, no space */
        {"/Users?filter=emails+eq+x", "/Users?filter=emails+eq+***"},
        {"/Users?filter=emails+eq+x+and+title+eq+1", "/Users?filter=emails+eq+***+and+title+eq+***"},
        {"/Users?filter=emails+eq%22x%22", "/Users?filter=emails+eq%22***%22"},
        {"/Users?filter=emails[type eq x and value eq 7].value sw null",
         "/Users?filter=emails[type eq *** and value eq ***].value sw ***"},
        {"/Users?filter=(not(emails eq x))", "/Users?filter=(not(emails eq ***))"},
        {"/Users?filter=emails+eq+'x'", "/Users?filter=emails+eq+'***'"},
        /* unreadable filters */
        {"/Users?filter=emails+eq+%22x%5C%22y%22+pr", "/Users?filter=***"},
        {"/Users?filter=title+eq+'x'", "/Users?filter=title+eq+'x'"},
        {"/Users?filter=emails+is+x", "/Users?filter=***"},
        {"/Users?filter=x%", "/Users?filter=***"},
        {"/Users?filter=x%00", "/Users?filter=***"},
        {"/Users?filter=e%256dails+eq+%22x%22", "/Users?filter=***"},
        {"/Users?filter=emails+eq+%2522x%2522", "/Users?filter=emails+eq+***"},
        {"/Users?filter=emails.x1+eq+1", "/Users?filter=***"},
        {"/Users?filter=", "/Users?filter="},
        /* names of parameters, separators, fragments */
        {"/Users?FILTER=emails+eq+%22x%22", "/Users?FILTER=emails+eq+%22***%22"},
        {"/Users?f%69lter=emails+eq+%22x%22", "/Users?f%69lter=emails+eq+%22***%22"},
        {"/Users?count=1;filter=emails+eq+%22x%22", "/Users?count=***"},
        {"/Users?filter=title+pr;emails=x", "/Users?filter=***"},
        {"/Users?count=1#emails=x", "/Users?count=1#***"},
        {"/Users#emails=x", "/Users#***"},
        {"/Users?emails=x&a=y&&count=2&startIndex=-1&b", "/Users?emails=***&a=***&&count=2&startIndex=-1&b"},
        {"/Users?x@y", "/Users?***"},
        {"/Users?x%=1", "/Users?***=***"},
        {"/Users?attributes=emails,name.givenName&excludedAttributes=urn:a:b&sortBy=emails&sortOrder=descending",
         "/Users?attributes=emails,name.givenName&excludedAttributes=urn:a:b&sortBy=emails&sortOrder=descending"},
        {"/Users?attributes=x@y&sortBy=x+y&sortOrder=%22x%22&startIndex=x",
         "/Users?attributes=***&sortBy=***&sortOrder=***&startIndex=***"},
        {"/Users?cursor=AbC&cursor=", "/Users?cursor=***&cursor="},
        {"/Users?aadOptscim062020", "/Users?aadOptscim062020"},
        {"/Users?", "/Users?"},
        /* paths */
        {"/Users/01234567-89AB-7def-8123-456789abcdef", "/Users/01234567-89AB-7def-8123-456789abcdef"},
        {"/Users/.search", "/Users/.search"},
        {"/.search", "/.search"},
        {"/Users/x@y", "/Users/***"},
        {"/Users/emails%20eq%20%22x%22", "/Users/***"},
        {"/Users;emails=x", "/***"},
        {"/Users%3Femails=x", "/***"},
        {"//Users//x1/", "//Users//***/"},
        {"emails: \"x", "***"},
        {"emails", "emails"},
        {"", ""},
    };
    check_urls(rows, COUNT(rows), &some);
    CU_ASSERT_PTR_NULL(scim_mask_url(NULL, 0, &some, unit_pool));
    UNIT_STR(scim_mask_url("/a1/b2/x@y?z=1", 6, &some, unit_pool), "/a1/b2/***?z=***");
    UNIT_STR(scim_mask_url("/a?z=1", 9, &some, unit_pool), "/a?z=***");

    static const row_t of_none[] = {
        {"/Users?filter=emails+eq+'x'&count=x", "/Users?filter=emails+eq+'x'&count=x"},
        {"/Users?filter=password+eq+'x'", "/Users?filter=password+eq+'***'"},
        {"/Users?filter=p%2561ssword+eq+'x'", "/Users?filter=***"},
        {"/Users?filter=password+eq+x", "/Users?filter=password+eq+***"},
        {"/Users?password=x&key=y&count=password", "/Users?password=***&key=***&count=***"},
        {"/Users/x@y", "/Users/x@y"},
        {"/Users/password=x", "/Users/***"},
        {"/Users?cursor=AbC", "/Users?cursor=AbC"},
    };
    check_urls(of_none, COUNT(of_none), &none);

    static const row_t of_unknown[] = {
        {"/Users?filter=title+eq+%22x%22&count=x", "/Users?filter=title+eq+%22***%22&count=***"},
        {"/Users?filter=title+eq", "/Users?filter=***"},
        {"/Users/x1", "/Users/***"},
    };
    check_urls(of_unknown, COUNT(of_unknown), &unknown);
}

static void check_details(const row_t *rows, size_t count, const scim_mask_t *mask)
{
    for (size_t i = 0; i < count; i++) {
        UNIT_STR(scim_mask_detail(rows[i].given, mask, unit_pool), rows[i].masked);
    }
}

/* A detail that quotes a filter has quotes within quotes. */
static void details(void)
{
    static const row_t rows[] = {
        {"No value matches the path \"emails[value eq \"x\"].type\".", "No value matches the path \"***\"."},
        {"emails: \"x\" is no address, and \"y\" is none.", "emails: \"***\" is none."},
        {"No value matches the path \"title[value eq \"x\"]\".",
         "No value matches the path \"title[value eq \"x\"]\"."},
        {"emails: \"x", "emails: \"***"},
        {"emails is missing.", "emails is missing."},
        {"The parameter count must be an integer, not \"x@y\".",
         "The parameter count must be an integer, not \"***\"."},
        {"sortOrder must be \"ascending\" or \"descending\".", "sortOrder must be \"ascending\" or \"descending\"."},
        {"The path \"title x\" names no attribute.", "The path \"***\" names no attribute."},
        {"Role not found: boss", "Role not found: boss"},
        {"", ""},
    };
    check_details(rows, COUNT(rows), &some);
    CU_ASSERT_PTR_NULL(scim_mask_detail(NULL, &some, unit_pool));

    static const row_t of_people[] = {
        {"Role not found: boss", "Role not found: ***"},
        {"1 of 2 operations failed; the first one: 400 Role not found: boss",
         "1 of 2 operations failed; the first one: 400 Role not found: ***"},
        {"The user \"kim\" is protected.", "The user \"***\" is protected."},
        {"The user \"kim\", who is in the group \"a\", is protected.", "The user \"***\", is protected."},
        {"User \"kim\" does not exist.", "User \"***\" does not exist."},
        {"User already exists: the e-mail address \"a@b\" belongs to a local account.",
         "User already exists: the e-mail address \"***\" belongs to a local account."},
    };
    check_details(of_people, COUNT(of_people), &people);

    static const row_t of_none[] = {
        {"The path \"password x\" names no attribute.", "The path \"***\" names no attribute."},
        {"The path \"x@y    ..\" names no attribute.", "The path \"***\" names no attribute."},
        {"The path \"x@y\" names no attribute.", "The path \"x@y\" names no attribute."},
        {"User \"kim\" does not exist.", "User \"kim\" does not exist."},
    };
    check_details(of_none, COUNT(of_none), &none);
    check_details(of_none, COUNT(of_none), &unknown);
}

/* --- all personal data ---------------------------------------------------------------------------------------------*/

static void personal(void)
{
    const scim_mask_t mask = {"password", "title,personal", unit_schemas()};
    static const row_t bodies[] = {
        {"{\"userName\":\"x\",\"active\":true,\"roles\":[{\"value\":\"admin\",\"display\":\"x\"}]}",
         "{\"active\":true,\"roles\":[{\"value\":\"admin\",\"display\":\"***\"}],\"userName\":\"***\"}"},
        {"{\"name\":{\"givenName\":\"x\"}}", "{\"name\":\"***\"}"},
        {"{\"title\":\"x\",\"locale\":\"y\"}", "{\"locale\":\"y\",\"title\":\"***\"}"},
        /* unknown attributes */
        {"{\"ssn\":{\"a\":1},\"timezone\":\"y\"}", "{\"timezone\":\"y\",\"ssn\":\"***\"}"},
        {"{\"urn:x:2.0:User\":{\"locale\":1}}", "{\"urn:x:2.0:User\":\"***\"}"},
        {"{\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\":{\"division\":1,\"ssn\":2}}",
         "{\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\":{\"division\":1,\"ssn\":\"***\"}}"},
        {"{\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:division\":1}",
         "{\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:division\":1}"},
        {"{\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:ssn\":1}",
         "{\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:ssn\":\"***\"}"},
        /* operations */
        {"{\"schemas\":[],\"Operations\":[{\"op\":\"add\",\"path\":\"locale\",\"value\":\"y\"}]}",
         "{\"schemas\":[],\"Operations\":[{\"op\":\"add\",\"path\":\"locale\",\"value\":\"y\"}]}"},
        {"{\"path\":\"userName\",\"value\":\"x\"}", "{\"path\":\"userName\",\"value\":\"***\"}"},
        {"{\"path\":\"ssn\",\"value\":\"x\"}", "{\"path\":\"ssn\",\"value\":\"***\"}"},
        {"{\"path\":\"ssn/\",\"value\":\"x\"}", "{\"path\":\"ssn/\",\"value\":\"***\"}"},
        {"{\"path\":\"roles[type eq \\\"a\\\"].value\",\"value\":\"x\"}",
         "{\"path\":\"roles[type eq \\\"a\\\"].value\",\"value\":\"x\"}"},
        {"{\"path\":\"members[value eq \\\"a@b\\\"]\"}", "{\"path\":\"members[value eq \\\"***\\\"]\"}"},
        {"{\"filter\":\"roles eq \\\"a\\\" and ssn eq \\\"x\\\"\"}",
         "{\"filter\":\"roles eq \\\"***\\\" and ssn eq \\\"***\\\"\"}"},
        {"{\"filter\":\"id eq \\\"a\\\" and not (meta.version gt 17)\"}",
         "{\"filter\":\"id eq \\\"a\\\" and not (meta.version gt 17)\"}"},
        /* values that look like e-mail addresses */
        {"{\"members\":[{\"value\":\"a@b\"},{\"value\":\"c\"}]}",
         "{\"members\":[{\"value\":\"***\"},{\"value\":\"c\"}]}"},
        {"{\"schemas\":[\"a@b\",\"c\"]}", "{\"schemas\":[\"***\",\"c\"]}"},
        {"{\"path\":\"locale\",\"value\":\"a@b\"}", "{\"path\":\"locale\",\"value\":\"***\"}"},
    };
    check_json(bodies, COUNT(bodies), &mask);

    static const row_t of_urls[] = {
        {"/Users?filter=userName%20eq%20%22x%22&count=1", "/Users?filter=userName%20eq%20%22***%22&count=1"},
        {"/Users?filter=active+eq+true&attributes=name.givenName,emails&sortBy=userName",
         "/Users?filter=active+eq+true&attributes=name.givenName,emails&sortBy=userName"},
        {"/Users?filter=ssn+eq+17", "/Users?filter=ssn+eq+***"},
        {"/Users/01234567-89ab-7def-8123-456789abcdef", "/Users/01234567-89ab-7def-8123-456789abcdef"},
        {"/Users/kim", "/Users/***"},
    };
    check_urls(of_urls, COUNT(of_urls), &mask);

    static const row_t texts[] = {
        {"User \"kim\" does not exist.", "User \"***\" does not exist."},
        {"User \"01234567-89ab-7def-8123-456789abcdef\" does not exist.",
         "User \"01234567-89ab-7def-8123-456789abcdef\" does not exist."},
        {"Role not found: boss. The roles here are: user.", "Role not found: boss. The roles here are: user."},
        {"Role not found: a@b. The roles here are: user.", "Role not found: ***"},
        {"Entitlement not found: a@b. The subscriptions here are: Web.", "Entitlement not found: ***"},
        {"\"a@b\" is no member.", "\"***\" is no member."},
        {"The role \"boss\" is unknown here, so the user has the default one.",
         "The role \"boss\" is unknown here, so the user has the default one."},
        {"The role \"a@b\" is unknown here.", "The role \"***\" is unknown here."},
        {"The attribute \"locale\" must be a string.", "The attribute \"locale\" must be a string."},
    };
    check_details(texts, COUNT(texts), &mask);

    const char *fault = "could not access file \"/usr/lib/gone.so\": No such file or directory";
    UNIT_STR(scim_mask_fault(fault, &mask, unit_pool), "could not access file \"***\": No such file or directory");
    const scim_mask_t all = {"password", "Personal", unit_schemas()};
    UNIT_STR(scim_mask_fault(fault, &all, unit_pool), fault);
    UNIT_STR(scim_mask_fault("invalid: \"a@b\"", &all, unit_pool), "invalid: \"***\"");
    UNIT_STR(scim_mask_fault("the password \"x\"", &all, unit_pool), "the password \"***\"");
    CU_ASSERT_PTR_NULL(scim_mask_fault(NULL, &all, unit_pool));

    UNIT_STR(scim_mask_changes("{\"items\":[{\"objectType\":\"User\",\"objectName\":\"x\",\"after\":{\"emails\":1}},"
                               "{\"objectType\":\"Group\",\"objectName\":\"y\"}]}",
                               &mask, unit_pool),
             "{\"items\":[{\"objectType\":\"User\",\"objectName\":\"***\",\"after\":{\"emails\":\"***\"}},"
             "{\"objectType\":\"Group\",\"objectName\":\"y\"}]}");
}

/* --- a secret in a random place --- */

#define SECRET "Tr0ub4dor!"
#define ROUNDS 40000

static unsigned long seed;

static unsigned long below(unsigned long n)
{
    seed = seed * 6364136223846793005UL + 1442695040888963407UL;
    return (seed >> 33) % n;
}

static const char *pick(const char *const *words, unsigned long count)
{
    return words[below(count)];
}

#define PICK(...) pick((const char *const[]){__VA_ARGS__}, COUNT(((const char *const[]){__VA_ARGS__})))

/* `form` with each ~ replaced by the texts, in turn. */
static const char *text(const char *form, const char *a, const char *b)
{
    const char *texts[] = {a, b};
    scim_buf_t out;
    scim_buf_init(&out, 64, unit_pool);
    for (int i = 0; *form; form++) {
        scim_buf_add(&out, *form == '~' ? texts[i] : form, *form == '~' ? strlen(texts[i]) : 1);
        i += *form == '~' && i == 0;
    }
    return out.data;
}

/* Names of masked attributes, as clients write them. */
static const char *name(void)
{
    return PICK("password", "PASSWORD", "emails", "Emails.value", "name.familyName", "urn:x:2.0:User:employeeNumber",
                "pin", "urn:x:2.0:User:pin");
}

/* An expression about a masked attribute, well-formed or not, with the secret as a value. */
static const char *expression(void)
{
    const char *value = text(PICK("~", "\"~\"", "'~'", "\"~", "\"a\\\"~\"", "~\"", "(~)", "[~]", "x ~"), SECRET, "");
    const char *compare = text(PICK("~ eq ~", "~ ~", "~=~", "~.~", "~[value eq ~]", "~[~", "not (~ co ~)", "~ eq~",
                                    "~:~", "~ sw ~ pr", "~ is ~", "(~ ne ~"),
                               name(), value);
    return text(PICK("~", "title pr and ~", "~ or title eq 1", "(~)", "~ ~", "x[~]", " ~ "), compare, "1");
}

static const char *encoded(const char *plain_text)
{
    static const char digits[] = "0123456789ABCDEF";
    char *out = apr_palloc(unit_pool, 3 * strlen(plain_text) + 1), *to = out;
    for (const char *c = plain_text; *c; c++) {
        if (strchr(" &#%+=", *c) || below(4) == 0) {
            *to++ = '%';
            *to++ = digits[(unsigned char)*c >> 4];
            *to++ = digits[*c & 15];
        } else {
            *to++ = *c;
        }
    }
    *to = '\0';
    return out;
}

static const char *random_url(void)
{
    const char *value = below(2) ? expression() : SECRET;
    for (unsigned long times = 1 + below(2); times; times--) {
        value = encoded(value);
    }
    const char *query =
        text(PICK("filter=~", "FILTER=~", "x=~", "password=~", "count=1;filter=~", "startIndex=~", "sortBy=~",
                  "attributes=~", "a&b=~", "filter=title+pr&emails=~", "~", "~=1", "cursor=~"),
             value, "");
    return text(PICK("/Users?~", "/Users#~", "/Users/~", "/Groups/.search?~", "/~", "/Users;~", "?~", "/Users?a=1#~"),
                query, "");
}

static const char *quoted_json(const char *plain_text)
{
    scim_buf_t out;
    scim_buf_init(&out, 64, unit_pool);
    scim_buf_json(&out, plain_text, strlen(plain_text));
    return out.data;
}

static const char *random_body(void)
{
    const char *secret = quoted_json(SECRET), *about = quoted_json(name()), *expressed = quoted_json(expression());
    const char *member = below(2)
                             ? text(PICK("~:~", "~:[~]", "~:{\"value\":~}", "~:[{\"a\":{\"b\":~}}]"), about, secret)
                             : text(PICK("\"path\":~,\"value\":~", "\"Path\":~,\"VALUE\":[~]", "\"filter\":~",
                                         "\"FILTER\":~", "\"path\":~,\"op\":\"add\""),
                                    expressed, secret);
    for (unsigned long times = below(3); times; times--) {
        const char *inside = text("{~}", member, "");
        member = text(PICK("\"value\":~", "\"data\":~", "\"Operations\":[{\"op\":\"add\",\"value\":~}]"),
                      below(2) ? quoted_json(inside) : inside, "");
    }
    return text("{\"schemas\":[],~}", member, "");
}

/* Whether a masked text still contains the secret. */
static int leaks(const char *clean, const char *given)
{
    int found = strstr(clean, "Tr0") != NULL || strstr(clean, "dor!") != NULL;
    if (found) {
        UNIT_STR(clean, "(no secret)");
        UNIT_STR(given, "(what was masked)");
    }
    return found;
}

static void secrets(void)
{
    const scim_mask_t all = {"password,pin", "personal", unit_schemas()};
    for (unsigned long round = 0; round < ROUNDS; round++) {
        seed = round;
        const scim_mask_t *mask = round % 2 ? &some : &all;
        const char *url = random_url(), *body = random_body();
        const char *detail = text("The path \"~\" names no attribute, \"~\" neither.", expression(), SECRET);
        json_object *object;
        if (!UNIT_OK(scim_json_read(&object, body, strlen(body), 32, unit_pool))) {
            return;
        }
        scim_mask_json(object, mask, unit_pool);
        if (leaks(scim_mask_url(url, 0, mask, unit_pool), url) ||
            leaks(scim_json_text(object, NULL, unit_pool), body) ||
            leaks(scim_mask_detail(detail, mask, unit_pool), detail)) {
            return;
        }
        apr_pool_clear(unit_pool);
    }
}

CU_TestInfo test_mask[] = {
    {"messages", messages}, {"passwords", passwords},           {"urls", urls},
    {"details", details},   {"all that is personal", personal}, {"secrets in random places", secrets},
    CU_TEST_INFO_NULL};
