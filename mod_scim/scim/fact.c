#include "fact.h"

#include <string.h>

#include "text.h"

#define CUT     "..."
#define CUT_LEN (sizeof(CUT) - 1)

/* Whether text[at] needs no percent-encoding. */
static int is_plain(const char *text, apr_size_t at, apr_size_t len)
{
    unsigned char c = (unsigned char)text[at];
    if (c == ' ') {
        return at > 0 && at + 1 < len;
    }
    return c > ' ' && c < 0x7f && c != '%' && c != ',';
}

static void add_value(scim_buf_t *out, const char *value)
{
    apr_size_t len = strlen(value);
    apr_size_t from = 0;
    if (strcmp(value, CUT) == 0) {
        scim_buf_puts(out, "%2E");
        from = 1;
    }
    for (; from < len; from++) {
        if (is_plain(value, from, len)) {
            scim_buf_add(out, value + from, 1);
        } else {
            scim_buf_printf(out, "%%%02X", (unsigned)(unsigned char)value[from]);
        }
    }
}

/* The largest length up to `len` at which a text can be cut without splitting a percent-encoded byte. */
static apr_size_t cut_at(const char *text, apr_size_t len)
{
    if (len > 0 && text[len - 1] == '%') {
        return len - 1;
    }
    return len > 1 && text[len - 2] == '%' ? len - 2 : len;
}

const char *scim_fact_text(const char *value, apr_pool_t *pool)
{
    scim_buf_t out;
    scim_buf_init(&out, 64, pool);
    add_value(&out, value);
    if (out.len > SCIM_FACT_MAX) {
        apr_size_t len = cut_at(out.data, SCIM_FACT_MAX - CUT_LEN);
        memcpy(out.data + len, CUT, sizeof(CUT));
    }
    return out.data;
}

const char *scim_fact_list(const apr_array_header_t *values, apr_pool_t *pool)
{
    scim_buf_t out;
    scim_buf_init(&out, 64, pool);
    for (int i = 0; i < values->nelts; i++) {
        apr_size_t before = out.len;
        apr_size_t room = i + 1 < values->nelts ? CUT_LEN + 1 : 0;
        scim_buf_puts(&out, i ? "," : "");
        add_value(&out, APR_ARRAY_IDX(values, i, const char *));
        if (out.len + room > SCIM_FACT_MAX) {
            out.len = before;
            scim_buf_puts(&out, before ? "," CUT : CUT);
            break;
        }
    }
    return out.data;
}
