#include "expiry.h"

#include <apr_strings.h>
#include <string.h>

#include "scim/text.h"
#include "store/token.h"

#define DIGITS          "0123456789"
#define SPAN_MAX_DIGITS 6 /* far beyond the longest life, far below an overflow */
#define DATE_LENGTH     10

/* Seconds of a unit; 0 for an unknown one. */
static apr_int64_t unit_seconds(const char *unit)
{
    if (strcmp(unit, "h") == 0) {
        return 3600;
    }
    return strcmp(unit, "d") == 0 ? 86400 : 0;
}

static int read_span(apr_time_t *expires, const char *text, apr_time_t now)
{
    apr_size_t digits = strspn(text, DIGITS);
    apr_int64_t seconds = unit_seconds(text + digits);

    if (digits == 0 || digits > SPAN_MAX_DIGITS || seconds == 0) {
        return 0;
    }
    *expires = now + apr_time_from_sec(apr_atoi64(text) * seconds);
    return 1;
}

static int read_date(apr_time_t *expires, const char *text)
{
    char midnight[DATE_LENGTH + sizeof("T00:00:00Z")];

    if (strlen(text) != DATE_LENGTH) {
        return 0;
    }
    apr_snprintf(midnight, sizeof(midnight), "%sT00:00:00Z", text);
    return scim_time_read(expires, midnight);
}

const char *cli_expiry_read(apr_time_t *expires, const char *text, apr_time_t now)
{
    if (strcmp(text, "never") == 0) {
        return "A token must expire; give --expires a span or a date at most 10 years away, such as 90d.";
    }
    if (!read_span(expires, text, now) && !read_date(expires, text) && !scim_time_read(expires, text)) {
        return "The value of --expires is no span or date; write 90d, 12h, 2027-01-31 or 2027-01-31T12:00:00Z.";
    }
    if (*expires <= now) {
        return "The value of --expires is in the past; give a time in the future.";
    }
    if (*expires - now > SCIM_TOKEN_MAX_LIFETIME) {
        return "The value of --expires is too far away; a token lives at most 10 years.";
    }
    return NULL;
}
