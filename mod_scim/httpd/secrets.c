#include "secrets.h"

#include <apr_strings.h>

#include "configuration.h"
#include "scim/text.h"
#include "store/token.h"

#define PREFIX    "scim_"
#define SHORTEST  20              /* characters behind the prefix: a shorter word is a name */
#define PARAMETER "access_token=" /* RFC 6750 2.3; mod_scim does not read it */
#define HIDDEN    "..."

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* The next token, whole or in part, mistyped or not. */
static const char *find_token(const char *text, apr_size_t *len)
{
    while ((text = strstr(text, PREFIX))) {
        *len = sizeof(PREFIX) - 1 + strspn(text + sizeof(PREFIX) - 1, alphabet);
        if (*len >= sizeof(PREFIX) - 1 + SHORTEST)
            return text;
        text += *len;
    }
    return NULL;
}

const char *scim_secrets_hide(const char *text, apr_pool_t *pool)
{
    apr_size_t len = 0;
    const char *token = text ? find_token(text, &len) : NULL;
    scim_buf_t out;

    if (!token)
        return text;
    scim_buf_init(&out, strlen(text) + 1, pool);
    for (; token; token = find_token(text, &len)) {
        scim_buf_add(&out, text, (apr_size_t)(token - text) + sizeof(PREFIX) - 1 + SCIM_TOKEN_KEY_LENGTH);
        scim_buf_puts(&out, HIDDEN);
        text = token + len;
    }
    scim_buf_puts(&out, text);
    return out.data;
}

/* The same for the value of access_token in a query, whatever it is. */
static const char *hide_parameter(const char *text, apr_pool_t *pool)
{
    const char *at = text ? strstr(text, PARAMETER) : NULL;
    scim_buf_t out;

    if (!at)
        return text;
    scim_buf_init(&out, strlen(text) + 1, pool);
    for (; at; at = strstr(text, PARAMETER)) {
        at += sizeof(PARAMETER) - 1;
        scim_buf_add(&out, text, (apr_size_t)(at - text));
        scim_buf_puts(&out, HIDDEN);
        text = at + strcspn(at, "& ");
    }
    scim_buf_puts(&out, text);
    return out.data;
}

const char *scim_secrets_hide_all(const char *text, apr_pool_t *pool)
{
    return hide_parameter(scim_secrets_hide(text, pool), pool);
}

static void hide(char **text, apr_pool_t *pool)
{
    const char *hidden = scim_secrets_hide_all(*text, pool);

    if (hidden != *text)
        *text = apr_pstrdup(pool, hidden);
}

static void hide_header(request_rec *r, const char *name)
{
    const char *value = apr_table_get(r->headers_in, name);
    const char *hidden = scim_secrets_hide_all(value, r->pool);

    if (hidden != value)
        apr_table_setn(r->headers_in, name, hidden);
}

int scim_secrets_log(request_rec *r)
{
    for (; r; r = r->next) {
        hide(&r->the_request, r->pool);
        hide(&r->unparsed_uri, r->pool);
        hide(&r->uri, r->pool);
        hide(&r->filename, r->pool);
        hide(&r->args, r->pool);
        hide_header(r, "Authorization");
        hide_header(r, "Referer");
    }
    return DECLINED;
}
