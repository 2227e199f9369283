#include "text.h"

#include <apr_general.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT 0xfffd /* replaces invalid characters */

static const char hex_digits[] = "0123456789abcdef";

/* ---- growing buffers ---- */

void scim_buf_init(scim_buf_t *buf, apr_size_t size, apr_pool_t *pool)
{
    buf->pool = pool;
    buf->len = 0;
    buf->size = size ? size : 1;
    buf->data = apr_palloc(pool, buf->size);
    buf->data[0] = '\0';
}

/* Makes room for `more` bytes and the NUL. */
static void reserve(scim_buf_t *buf, apr_size_t more)
{
    if (more < buf->size - buf->len)
        return;
    apr_size_t size = buf->size;
    while (size - buf->len <= more)
        size *= 2;
    char *data = apr_palloc(buf->pool, size);
    memcpy(data, buf->data, buf->len + 1);
    buf->data = data;
    buf->size = size;
}

void scim_buf_add(scim_buf_t *buf, const char *bytes, apr_size_t len)
{
    if (!len)
        return;
    reserve(buf, len);
    memcpy(buf->data + buf->len, bytes, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void scim_buf_puts(scim_buf_t *buf, const char *text)
{
    scim_buf_add(buf, text, strlen(text));
}

void scim_buf_printf(scim_buf_t *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = apr_pvsprintf(buf->pool, format, args);
    va_end(args);
    scim_buf_puts(buf, text);
}

/* The letter after the backslash of the two-character escapes of RFC 8259 7, or 0. */
static char short_escape(unsigned char c)
{
    switch (c) {
    case '"':
    case '\\':
        return (char)c;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

static void add_escape(scim_buf_t *buf, unsigned char c)
{
    char text[6] = {'\\', short_escape(c), '0', '0', 0, 0};
    if (text[1]) {
        scim_buf_add(buf, text, 2);
        return;
    }
    text[1] = 'u';
    text[4] = hex_digits[c >> 4];
    text[5] = hex_digits[c & 15];
    scim_buf_add(buf, text, 6);
}

static void add_escaped(scim_buf_t *buf, const char *text, apr_size_t len)
{
    apr_size_t start = 0;
    for (apr_size_t i = 0; i < len; i++) {
        const unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
            continue;
        scim_buf_add(buf, text + start, i - start);
        add_escape(buf, c);
        start = i + 1;
    }
    scim_buf_add(buf, text + start, len - start);
}

/* Adds a text with JSON escapes; U+FFFD replaces bytes that are not UTF-8. */
static void add_repaired(scim_buf_t *buf, const char *text, apr_size_t len)
{
    for (;;) {
        const apr_size_t valid = scim_utf8_valid(text, len);
        add_escaped(buf, text, valid);
        if (valid == len)
            return;
        scim_buf_puts(buf, "\xef\xbf\xbd");
        text += valid + 1;
        len -= valid + 1;
    }
}

/* Whether no byte needs an escape in a JSON string: all are printable ASCII but " and \. */
static int is_plain(const char *text, apr_size_t len)
{
    for (apr_size_t i = 0; i < len; i++) {
        const unsigned char c = (unsigned char)text[i];
        if (c < 0x20 || c > 0x7e || c == '"' || c == '\\')
            return 0;
    }
    return 1;
}

void scim_buf_json(scim_buf_t *buf, const char *text, apr_size_t len)
{
    reserve(buf, len + 2);
    buf->data[buf->len++] = '"';
    if (is_plain(text, len)) {
        memcpy(buf->data + buf->len, text, len);
        buf->len += len;
    } else {
        add_repaired(buf, text, len);
    }
    scim_buf_add(buf, "\"", 1);
}

/* ---- UTF-8 ---- */

/* The length of the valid UTF-8 sequence at text (RFC 3629 4), whose first byte is not ASCII; 0: it is invalid. */
static apr_size_t utf8_sequence(const unsigned char *text, apr_size_t len)
{
    const unsigned char c = text[0];
    unsigned char low = 0x80, high = 0xbf; /* the range of the second byte */
    apr_size_t need;
    if (c >= 0xc2 && c <= 0xdf) {
        need = 2;
    } else if (c >= 0xe0 && c <= 0xef) {
        need = 3;
        low = c == 0xe0 ? 0xa0 : 0x80;
        high = c == 0xed ? 0x9f : 0xbf;
    } else if (c >= 0xf0 && c <= 0xf4) {
        need = 4;
        low = c == 0xf0 ? 0x90 : 0x80;
        high = c == 0xf4 ? 0x8f : 0xbf;
    } else {
        return 0;
    }
    if (len < need || text[1] < low || text[1] > high)
        return 0;
    for (apr_size_t i = 2; i < need; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    }
    return need;
}

apr_size_t scim_utf8_valid(const char *text, apr_size_t len)
{
    const apr_uint64_t high_bits = APR_UINT64_C(0x8080808080808080);
    apr_size_t i = 0;
    while (i < len) {
        apr_uint64_t word;
        if (len - i >= sizeof(word)) {
            memcpy(&word, text + i, sizeof(word));
            if (!(word & high_bits)) {
                i += sizeof(word);
                continue;
            }
        }
        if (!((unsigned char)text[i] & 0x80)) {
            i++;
            continue;
        }
        const apr_size_t step = utf8_sequence((const unsigned char *)text + i, len - i);
        if (!step)
            return i;
        i += step;
    }
    return len;
}

apr_uint32_t scim_character(apr_size_t *len, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    apr_size_t wanted = at[0] < 0xc0 ? 1 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    apr_uint32_t code = wanted == 1 ? at[0] : at[0] & (0x7fu >> wanted);

    for (*len = 1; *len < wanted && (at[*len] & 0xc0) == 0x80; ++*len)
        code = code << 6 | (at[*len] & 0x3f);
    return *len == wanted ? code : REPLACEMENT;
}

/* ---- blanks ---- */

/* Unicode's White_Space and Default_Ignorable_Code_Point, control characters, and the blank of Braille. */
static const struct {
    unsigned first, last;
} blanks[] = {
    {0x0000, 0x0020}, {0x007f, 0x00a0},   {0x00ad, 0x00ad},   {0x034f, 0x034f},   {0x061c, 0x061c}, {0x115f, 0x1160},
    {0x1680, 0x1680}, {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x2000, 0x200f},   {0x2028, 0x202f}, {0x205f, 0x206f},
    {0x2800, 0x2800}, {0x3000, 0x3000},   {0x3164, 0x3164},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff}, {0xffa0, 0xffa0},
    {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

static int is_blank_point(unsigned point)
{
    for (apr_size_t i = 0; i < sizeof(blanks) / sizeof(*blanks); i++) {
        if (point >= blanks[i].first && point <= blanks[i].last)
            return 1;
    }
    return 0;
}

static int continues(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

const char *scim_text_trim(apr_size_t *len, const char *text)
{
    const char *end = text + strlen(text), *last;
    apr_size_t bytes;
    while (text < end && is_blank_point(scim_character(&bytes, text))) {
        text += bytes;
    }
    for (last = end; last > text; end = last) {
        do {
            last--;
        } while (last > text && continues(*last));
        if (!is_blank_point(scim_character(&bytes, last)))
            break;
    }
    *len = (apr_size_t)(end - text);
    return text;
}

int scim_text_blank(const char *text)
{
    apr_size_t len;
    scim_text_trim(&len, text);
    return len == 0;
}

/* Unicode's space separators. */
static int is_space(apr_uint32_t code)
{
    static const apr_uint32_t others[] = {0x20, 0xa0, 0x1680, 0x202f, 0x205f, 0x3000};
    for (apr_size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        if (others[i] == code)
            return 1;
    }
    return code >= 0x2000 && code <= 0x200a;
}

const char *scim_text_tidy(const char *text, apr_pool_t *pool)
{
    char *copy = apr_palloc(pool, strlen(text) + 1), *to = copy;
    apr_size_t bytes;
    int due = 0; /* write a space before the next character */
    for (; *text; text += bytes) {
        if (is_space(scim_character(&bytes, text))) {
            due = to > copy;
            continue;
        }
        if (due)
            *to++ = ' ';
        memcpy(to, text, bytes);
        to += bytes;
        due = 0;
    }
    *to = '\0';
    return copy;
}

/* ---- invisible characters ---- */

typedef struct range_t {
    apr_uint32_t first, last;
} range_t;

static const range_t hidden[] = {
    {0x0000, 0x001f}, /* control characters, C0 */
    {0x007f, 0x009f}, /* DEL, and control characters, C1 */
    {0x061c, 0x061c}, /* Arabic letter mark */
    {0x200b, 0x200b}, /* zero width space */
    {0x200e, 0x200f}, /* left-to-right mark, right-to-left mark */
    {0x2028, 0x202e}, /* line and paragraph separators, embeddings and overrides of direction */
    {0x2060, 0x206f}, /* word joiner, invisible operators, isolates of direction */
    {0xfeff, 0xfeff}, /* byte order mark */
    {0xfff9, 0xfffb}, /* interlinear annotations */
};

static int is_hidden(apr_uint32_t code)
{
    for (apr_size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
        if (code <= hidden[i].last)
            return code >= hidden[i].first;
    return 0;
}

const char *scim_hidden_find(apr_uint32_t *code, const char *text)
{
    for (apr_size_t len; *text; text += len) {
        *code = scim_character(&len, text);
        if (is_hidden(*code))
            return text;
    }
    return NULL;
}

const char *scim_hidden_escape(const char *text, apr_pool_t *pool)
{
    apr_uint32_t code = 0;
    const char *found = scim_hidden_find(&code, text);
    if (!found)
        return text;
    scim_buf_t out;
    scim_buf_init(&out, strlen(text) + 64, pool);
    for (apr_size_t len; found; found = scim_hidden_find(&code, text)) {
        scim_buf_add(&out, text, (apr_size_t)(found - text));
        scim_buf_printf(&out, "\\u%04x", (unsigned)code);
        scim_character(&len, found);
        text = found + len;
    }
    scim_buf_puts(&out, text);
    return out.data;
}

/* ---- base64 ---- */

int scim_text_is_base64(const char *text, apr_size_t len)
{
    apr_size_t digits = 0, padding;

    while (digits < len && (apr_isalnum(text[digits]) || text[digits] == '+' || text[digits] == '/'))
        digits++;
    padding = strspn(text + digits, "=");
    if (digits + padding != len || digits % 4 == 1)
        return 0;
    return !padding || (digits % 4 && digits % 4 + padding == 4);
}

int scim_text_is_ssh_key(const char *text)
{
    static const char *const kinds[] = {"ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-"};
    const char *key = strchr(text, ' ');

    for (size_t i = 0; key && i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (!strncmp(text, kinds[i], strlen(kinds[i])))
            return key[1] && scim_text_is_base64(key + 1, strcspn(key + 1, " \t\r\n"));
    }
    return 0;
}

/* ---- UUIDs ---- */

#define UUID_BYTES 16
#define UUID_CHARS 36

static int is_hyphen_place(int i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}

void scim_id_make(char id[SCIM_ID_SIZE])
{
    unsigned char bytes[UUID_BYTES];
    const apr_time_t now = apr_time_now();
    const apr_uint64_t milliseconds = (apr_uint64_t)(now / 1000);
    /* The microseconds are scaled to 12 bits, so ids of the same millisecond are in the order of their creation (RFC
     * 9562 6.2, method 3). */
    const unsigned fraction = (unsigned)(now % 1000) * 4096u / 1000u;

    /* Without its random part an id could repeat another one, so the process ends. */
    if (apr_generate_random_bytes(bytes + 8, 8) != APR_SUCCESS)
        abort();
    for (int i = 0; i < 6; i++)
        bytes[i] = (unsigned char)(milliseconds >> (40 - 8 * i));
    bytes[6] = (unsigned char)(0x70u | fraction >> 8);
    bytes[7] = (unsigned char)fraction;
    bytes[8] = (unsigned char)(0x80u | (bytes[8] & 0x3fu));

    char *to = id;
    for (int i = 0; i < UUID_BYTES; i++) {
        if (is_hyphen_place((int)(to - id)))
            *to++ = '-';
        *to++ = hex_digits[bytes[i] >> 4];
        *to++ = hex_digits[bytes[i] & 15];
    }
    *to = '\0';
}

int scim_id_read(char id[SCIM_ID_SIZE], const char *text)
{
    for (int i = 0; i < UUID_CHARS; i++) {
        const char c = text[i];
        if (is_hyphen_place(i) ? c != '-' : !apr_isxdigit(c))
            return 0;
        id[i] = (char)apr_tolower(c);
    }
    id[UUID_CHARS] = '\0';
    return text[UUID_CHARS] == '\0';
}

/* ---- times ---- */

static void put_digits(char *to, int width, int number)
{
    for (int i = width - 1; i >= 0; i--) {
        to[i] = (char)('0' + number % 10);
        number /= 10;
    }
}

void scim_time_format(char text[SCIM_TIME_SIZE], apr_time_t time)
{
    apr_time_exp_t at;
    memcpy(text, "0000-00-00T00:00:00.000000Z", SCIM_TIME_SIZE);
    if (apr_time_exp_gmt(&at, time) != APR_SUCCESS)
        return;
    put_digits(text, 4, at.tm_year + 1900);
    put_digits(text + 5, 2, at.tm_mon + 1);
    put_digits(text + 8, 2, at.tm_mday);
    put_digits(text + 11, 2, at.tm_hour);
    put_digits(text + 14, 2, at.tm_min);
    put_digits(text + 17, 2, at.tm_sec);
    put_digits(text + 20, 6, at.tm_usec);
}

/* Reads exactly `width` digits and advances; -1: there are fewer. */
static int take_digits(const char **text, int width)
{
    int number = 0;
    for (int i = 0; i < width; i++, (*text)++) {
        if (!apr_isdigit(**text))
            return -1;
        number = number * 10 + (**text - '0');
    }
    return number;
}

static int take_char(const char **text, char c)
{
    if (**text != c)
        return 0;
    (*text)++;
    return 1;
}

/* Reads optional fractional seconds as microseconds; -1: no digits after the point. Digits after the sixth are
 * dropped. */
static int take_fraction(const char **text)
{
    int number = 0, unit = 100000;
    if (!take_char(text, '.'))
        return 0;
    if (!apr_isdigit(**text))
        return -1;
    for (; apr_isdigit(**text); (*text)++, unit /= 10)
        number += (**text - '0') * unit;
    return number;
}

/* Reads the zone as seconds east of UTC; no zone means UTC. 0: it is malformed. */
static int take_zone(const char **text, int *offset)
{
    *offset = 0;
    if (take_char(text, 'Z') || !**text)
        return 1;
    const int sign = **text == '+' ? 1 : -1;
    if (**text != '+' && **text != '-')
        return 0;
    (*text)++;
    const int hours = take_digits(text, 2);
    if (!take_char(text, ':'))
        return 0;
    const int minutes = take_digits(text, 2);
    if (hours < 0 || minutes < 0 || minutes > 59 || hours * 60 + minutes > 14 * 60)
        return 0;
    *offset = sign * (hours * 60 + minutes) * 60;
    return 1;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

/* Days since 1970-01-01 in the Gregorian calendar. Years begin in March here, so that the leap day is the last one. */
static apr_int64_t days_since_epoch(int year, int month, int day)
{
    const int y = month > 2 ? year : year - 1;
    const int shifted = (month + 9) % 12;
    return (apr_int64_t)365 * y + y / 4 - y / 100 + y / 400 + (153 * shifted + 2) / 5 + day - 1 - 719468;
}

int scim_time_read(apr_time_t *time, const char *text)
{
    int offset;
    const int year = take_digits(&text, 4);
    if (year < 1 || !take_char(&text, '-'))
        return 0;
    const int month = take_digits(&text, 2);
    if (month < 1 || month > 12 || !take_char(&text, '-'))
        return 0;
    const int day = take_digits(&text, 2);
    if (day < 1 || day > days_in_month(year, month) || !take_char(&text, 'T'))
        return 0;
    const int hour = take_digits(&text, 2);
    if (hour < 0 || hour > 24 || !take_char(&text, ':'))
        return 0;
    const int minute = take_digits(&text, 2);
    if (minute < 0 || minute > 59 || !take_char(&text, ':'))
        return 0;
    const int second = take_digits(&text, 2);
    if (second < 0 || second > 59)
        return 0;
    const int fraction = take_fraction(&text);
    if (fraction < 0 || (hour == 24 && (minute || second || fraction)))
        return 0;
    if (!take_zone(&text, &offset) || *text)
        return 0;
    *time = ((days_since_epoch(year, month, day) * 24 + hour) * 60 + minute) * 60 + second - offset;
    *time = *time * APR_USEC_PER_SEC + fraction;
    return 1;
}
