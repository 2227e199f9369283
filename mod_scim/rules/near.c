#include "near.h"

#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "scim/fold.h"

#define NEAR_MOST    3   /* maximum of suggested names */
#define LETTERS_MOST 100 /* longest compared name */
#define PART_LEAST   3   /* shortest name that is suggested as a part of another one */

static const struct {
    const char *noun, *many;
    int few; /* a tenant has few of them, so all are suggested */
} nouns[] = {
    [SCIM_NEAR_ROLE] = {"role", "roles", 1},
    [SCIM_NEAR_FLAG] = {"flag", "flags", 1},
    [SCIM_NEAR_SUBSCRIPTION] = {"subscription", "subscriptions", 1},
    [SCIM_NEAR_TEMPLATE] = {"template", "templates", 1},
    [SCIM_NEAR_USER] = {"user", "users", 0},
    [SCIM_NEAR_GROUP] = {"group", "groups", 0},
    [SCIM_NEAR_TENANT] = {"tenant", "tenants", 0},
};

/* --- unknown names -------------------------------------------------------------------------------------------------*/

/* The text in quotes that begins here. A name may have quotes, so the text ends only before ; or . or at the end. */
static const char *quoted(const char *at, apr_pool_t *pool)
{
    const char *end = NULL;
    for (const char *c = *at == '"' ? at + 1 : ""; *c; c++) {
        if (*c == '"' && (c[1] == ';' || c[1] == '.' || c[1] == '\0')) {
            end = c;
            break;
        }
    }
    return end ? apr_pstrmemdup(pool, at + 1, (apr_size_t)(end - at - 1)) : NULL;
}

scim_near_e scim_near_read(const char **name, const char *detail, apr_pool_t *pool)
{
    static const char role[] = "Role not found: ", none[] = "here is no ";
    const char *at = strstr(detail, role);
    if (at) {
        *name = at + strlen(role);
        return SCIM_NEAR_ROLE;
    }
    at = strstr(detail, none);
    for (int i = 0; at && i < SCIM_NEAR_NONE; i++) {
        apr_size_t len = strlen(nouns[i].noun);
        const char *noun = at + strlen(none);
        if (strncmp(noun, nouns[i].noun, len) == 0 && noun[len] == ' ') {
            *name = quoted(noun + len + 1, pool);
            return *name ? (scim_near_e)i : SCIM_NEAR_NONE;
        }
    }
    return SCIM_NEAR_NONE;
}

/* --- suggestions ---------------------------------------------------------------------------------------------------*/

/* The edit distance of two names (Levenshtein). Comparing bytes is sufficient. */
static int distance(const char *one, const char *other)
{
    int row[LETTERS_MOST + 1];
    int width = (int)strlen(other);
    for (int k = 0; k <= width; k++) {
        row[k] = k;
    }
    for (int i = 0; one[i]; i++) {
        int corner = row[0];
        row[0] = i + 1;
        for (int k = 1; k <= width; k++) {
            int above = row[k], least = corner + (one[i] != other[k - 1]);
            least = above + 1 < least ? above + 1 : least;
            least = row[k - 1] + 1 < least ? row[k - 1] + 1 : least;
            corner = above;
            row[k] = least;
        }
    }
    return row[width];
}

static int is_near(const char *one, const char *other)
{
    apr_size_t len = strlen(one), width = strlen(other);
    if (len > LETTERS_MOST || width > LETTERS_MOST) {
        return 0;
    }
    if ((len >= PART_LEAST && strstr(other, one)) || (width >= PART_LEAST && strstr(one, other))) {
        return 1;
    }
    int letters = (int)(len < width ? len : width);
    return letters >= PART_LEAST && distance(one, other) <= (letters < 8 ? 2 : letters / 4);
}

static const char *joined(const apr_array_header_t *names, apr_pool_t *pool)
{
    const char *text = "";
    for (int i = 0; i < names->nelts; i++) {
        text = apr_pstrcat(pool, text, i ? ", " : "", APR_ARRAY_IDX(names, i, const char *), NULL);
    }
    return text;
}

const char *scim_near_text(scim_near_e what, const char *name, const apr_array_header_t *names, apr_pool_t *pool)
{
    const char *key = scim_fold(name, pool), *text = NULL;
    if (nouns[what].few && names->nelts > 0 && names->nelts <= SCIM_NEAR_FEW) {
        return apr_psprintf(pool, "The %s here %s: %s.", names->nelts == 1 ? nouns[what].noun : nouns[what].many,
                            names->nelts == 1 ? "is" : "are", joined(names, pool));
    }
    for (int i = 0, told = 0; i < names->nelts && told < NEAR_MOST; i++) {
        const char *one = APR_ARRAY_IDX(names, i, const char *);
        if (is_near(scim_fold(one, pool), key)) {
            text = apr_pstrcat(pool, text ? text : "Did you mean ", told++ ? " or \"" : "\"", one, "\"", NULL);
        }
    }
    return text ? apr_pstrcat(pool, text, "?", NULL) : NULL;
}
