#include "store/cidr.h"

#include "unit.h"

static void blocks(void)
{
    static const char *const rows[][2] = {
        {"192.0.2.7", "192.0.2.7/32"},
        {"192.0.2.0/24", "192.0.2.0/24"},
        {"192.0.2.7/32", "192.0.2.7/32"},
        {"10.0.0.0/8", "10.0.0.0/8"},
        {"10.128.0.0/9", "10.128.0.0/9"},
        {"0.0.0.0/0", "0.0.0.0/0"},
        {"2001:db8::7", "2001:db8::7/128"},
        {"2001:DB8::/32", "2001:db8::/32"},
        {"2001:db8:0:0::/64", "2001:db8::/64"},
        {"::/0", "::/0"},
        {"::1", "::1/128"},
        {"fe80::/10", "fe80::/10"},
    };

    for (apr_size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *text = NULL;

        UNIT_OK(scim_cidr_read(&text, rows[i][0], unit_pool));
        UNIT_STR(text, rows[i][1]);
    }
}

static void refused(void)
{
    static const char *const texts[] = {
        "",
        "localhost",
        "192.0.2",
        "192.0.2.256",
        "192.0.2.0/33",
        "192.0.2.0/",
        "192.0.2.0/-1",
        "/24",
        "1.2.3.4/a",
        "192.0.2.0/024",
        "192.0.2.0/ 24",
        " 192.0.2.0",
        "192.0.2.0 ",
        "192.0.2.0/24/8",
        "010.0.0.1",
        "2001:db8::/129",
        "2001:db8:::",
        "fe80::1%eth0",
        "[::1]",
        "192.0.2.0/0x8",
        "1.2.3.4'",
    };
    const char *text;

    for (apr_size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        scim_error_t *error = scim_cidr_read(&text, texts[i], unit_pool);

        UNIT_INT(error ? error->status : 0, 400);
    }
    UNIT_ERROR(scim_cidr_read(&text, "10.1.2.3/8", unit_pool), SCIM_NO_TYPE,
               "\"10.1.2.3/8\" has bits beyond its prefix; its network is 10.0.0.0/8.");
    UNIT_ERROR(scim_cidr_read(&text, "2001:db8::1/64", unit_pool), SCIM_NO_TYPE,
               "\"2001:db8::1/64\" has bits beyond its prefix; its network is 2001:db8::/64.");
    UNIT_ERROR(scim_cidr_read(&text, "::ffff:192.0.2.7", unit_pool), SCIM_NO_TYPE,
               "\"::ffff:192.0.2.7\" is an IPv4 address in the form of IPv6; write it as 192.0.2.7.");
    UNIT_ERROR(scim_cidr_read(&text, "localhost", unit_pool), SCIM_NO_TYPE,
               "\"localhost\" is neither an address nor a network; write 192.0.2.7, 192.0.2.0/24, 2001:db8::7 or "
               "2001:db8::/32.");
}

CU_TestInfo test_cidr[] = {{"blocks", blocks}, {"refused", refused}, CU_TEST_INFO_NULL};
