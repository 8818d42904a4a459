/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "buffer.h"
#include "unit.h"
#include "url.h"

#define LABEL_63 "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-012345678"
#define HOST_253                                                                                   \
    LABEL_63 "." LABEL_63 "." LABEL_63 "."                                                         \
             "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-0123456"

static const struct address_row {
    const char *name;
    const char *url;
    bool is_taken;
} endpoint_rows[] = {
    {"a host", "https://management.azure.com", true},
    {"a slash at its end", "https://management.azure.com/", true},
    {"a port", "https://management.azure.com:443", true},
    {"a port and a slash", "https://management.azure.com:8443/", true},
    {"upper case", "HTTPS://Management.Azure.COM", true},
    {"one label", "https://arm", true},
    {"IPv4", "https://10.0.0.1", true},
    {"IPv6", "https://[2001:db8::1]:8443", true},
    {"the longest host", "https://" HOST_253, true},
    {"a host too long", "https://" HOST_253 "x", false},
    {"the least port", "https://arm:1", true},
    {"the greatest port", "https://arm:65535", true},
    {"port 0", "https://arm:0", false},
    {"port 65536", "https://arm:65536", false},
    {"port of six digits", "https://arm:000443", false},
    {"no port after the colon", "https://arm:", false},
    {"no port between colon and slash", "https://arm:/", false},
    {"a port that is no number", "https://arm:44x", false},
    {"a negative port", "https://arm:-1", false},
    {"http on localhost", "http://localhost:8080", true},
    {"http on LOCALHOST", "http://LOCALHOST", true},
    {"http on 127.0.0.1", "http://127.0.0.1:40342", true},
    {"http on 127.255.255.254", "http://127.255.255.254/", true},
    {"http on [::1]", "http://[::1]:8080/", true},
    {"http on a host", "http://management.azure.com", false},
    {"http on 128.0.0.1", "http://128.0.0.1", false},
    {"http on 169.254.169.254", "http://169.254.169.254", false},
    {"http on a longer localhost", "http://localhost.example.org", false},
    {"http on a shorter localhost", "http://localhos", false},
    {"http on a host that starts with 127.", "http://127.0.0.1.example.org", false},
    {"http on 127 with three parts", "http://127.0.1", false},
    {"http on 127 with five parts", "http://127.0.0.0.1", false},
    {"http on 127 with an empty part", "http://127..0.1", false},
    {"http on 127 with a last part that is empty", "http://127.0.0.", false},
    {"http on 127 with a part above 255", "http://127.0.0.256", false},
    {"http on 127 with a part of four digits", "http://127.0.0.0001", false},
    {"http on another IPv6", "http://[::2]", false},
    {"http on mapped loopback", "http://[::ffff:127.0.0.1]", false},
    {"http on 127.0.0.1 as user", "http://127.0.0.1@example.org", false},
    {"user", "https://me@management.azure.com", false},
    {"user and password", "https://me:secret@management.azure.com", false},
    {"a path", "https://management.azure.com/x", false},
    {"two slashes", "https://management.azure.com//", false},
    {"a dotted path", "https://management.azure.com/../", false},
    {"a query", "https://management.azure.com?x", false},
    {"a query after a slash", "https://management.azure.com/?x", false},
    {"a fragment", "https://management.azure.com#x", false},
    {"a percent", "https://management.azure.com%2f", false},
    {"a backslash", "https://management.azure.com\\x", false},
    {"CR-LF", "https://management.azure.com\r\nHost: x", false},
    {"a line end at the end", "https://management.azure.com\n", false},
    {"a blank before", " https://management.azure.com", false},
    {"a blank after", "https://management.azure.com ", false},
    {"an underscore", "https://a_b", false},
    {"letters beyond ASCII", "https://m\xc3\xbcnchen.example", false},
    {"an unclosed bracket", "https://[::1", false},
    {"an empty bracket", "https://[]", false},
    {"text after a bracket", "https://[::1]x", false},
    {"a zone in brackets", "https://[fe80::1%25eth0]", false},
    {"no host", "https://", false},
    {"no host, a port", "https://:443", false},
    {"no host, a path", "https:///x", false},
    {"no scheme", "management.azure.com", false},
    {"no colon", "https//management.azure.com", false},
    {"one slash", "https:/management.azure.com", false},
    {"file", "file:///etc/passwd", false},
    {"ftp", "ftp://management.azure.com", false},
    {"empty", "", false},
};

START_TEST(knows_loopback)
{
    static const char *const here[] = {"https://127.0.0.1:8443", "http://localhost",
                                       "https://[::1]:1", "https://127.9.9.9/"};
    static const char *const elsewhere[] = {"https://management.azure.com", "https://127.0.0.1.org",
                                            "https://localhost.org", "127.0.0.1", ""};

    for (size_t i = 0; i < AMR_COUNT_OF(here); i++)
        ck_assert_msg(amr_url_is_loopback(here[i]), "%s", here[i]);
    for (size_t i = 0; i < AMR_COUNT_OF(elsewhere); i++)
        ck_assert_msg(!amr_url_is_loopback(elsewhere[i]), "%s", elsewhere[i]);
}
END_TEST

START_TEST(test_endpoint)
{
    const struct address_row *row = &endpoint_rows[_i];

    ck_assert_msg(amr_url_is_endpoint(row->url) == row->is_taken, "%s: %s", row->name, row->url);
}
END_TEST

static const struct address_row proxy_rows[] = {
    {"http", "http://proxy.example.org:3128", true},
    {"https", "https://proxy.example.org:3128/", true},
    {"no port", "http://proxy", true},
    {"user", "http://me@proxy:3128", true},
    {"user and password", "http://me:secret@proxy:3128/", true},
    {"an encoded password", "http://me:a%40b%2Fc@proxy:3128", true},
    {"an at in the password", "http://me:a@b@proxy:3128", true},
    {"IPv6", "http://[::1]:3128", true},
    {"empty", "", false},
    {"no scheme", "proxy:3128", false},
    {"socks", "socks5://proxy:1080", false},
    {"file", "file:///etc/passwd", false},
    {"no host", "http://", false},
    {"no host after a user", "http://me:secret@", false},
    {"a path", "http://proxy:3128/x", false},
    {"a query", "http://proxy:3128?x", false},
    {"a fragment", "http://proxy:3128#x", false},
    {"an at in the path", "http://proxy:3128/x@other:3128", false},
    {"an at in the query", "http://proxy:3128?x@other:3128", false},
    {"an at in the fragment", "http://proxy:3128#x@other:3128", false},
    {"a backslash before the at", "http://proxy\\x@other:3128", false},
    {"CR-LF in the password", "http://me:a\r\nb@proxy:3128", false},
    {"a blank in the password", "http://me:a b@proxy:3128", false},
    {"a DEL in the password", "http://me:a\x7f@proxy:3128", false},
    {"a port that is no number", "http://proxy:31x", false},
    {"port 65536", "http://proxy:65536", false},
    {"a line end at the end", "http://proxy:3128\n", false},
};

START_TEST(test_proxy)
{
    const struct address_row *row = &proxy_rows[_i];

    ck_assert_msg(amr_url_is_proxy(row->url) == row->is_taken, "%s: %s", row->name, row->url);
}
END_TEST

static const struct encoded_row {
    const char *name;
    const char *value;
    const char *encoded;
} encoded_rows[] = {
    {"empty", "", ""},
    {"unreserved", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~",
     "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"},
    {"reserved of RFC 3986",
     ":/?#[]@!$&'()*+,;=", "%3A%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D"},
    {"the others of ASCII", " \"%<>\\^`{|}", "%20%22%25%3C%3E%5C%5E%60%7B%7C%7D"},
    {"control bytes", "\x01\t\r\n\x1f\x7f", "%01%09%0D%0A%1F%7F"},
    {"what is encoded already", "%2f", "%252f"},
    {"a way up", "../x", "..%2Fx"},
    {"UTF-8", "Z\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80", "Z%C3%BC%E2%82%AC%F0%9F%98%80"},
    {"a stray byte", "\xff", "%FF"},
    {"format characters", "%n%s", "%25n%25s"},
};

START_TEST(test_encoded)
{
    const struct encoded_row *row = &encoded_rows[_i];
    struct amr_buffer url;

    amr_buffer_init(&url, 256);
    amr_buffer_append_text(&url, "x=");
    amr_url_append_encoded(&url, row->value);
    ck_assert_msg(strncmp(amr_buffer_text(&url), "x=", 2) == 0, "%s", row->name);
    ck_assert_msg(strcmp(amr_buffer_text(&url) + 2, row->encoded) == 0, "%s: %s", row->name,
                  amr_buffer_text(&url));
    amr_buffer_free(&url);
}
END_TEST

static const struct encoded_row proxy_name_rows[] = {
    {"as it is", "http://proxy:3128", "http://proxy:3128"},
    {"a path", "https://proxy:3128/", "https://proxy:3128"},
    {"user and password", "http://me:secret@proxy:3128/", "http://proxy:3128"},
    {"an at in the password", "http://me:a@b@proxy:3128", "http://proxy:3128"},
    {"a slash in the password", "http://me:a/b@proxy:3128", "http://proxy:3128"},
    {"a scheme in the password", "me:a://b@proxy:3128", "proxy:3128"},
    {"no scheme", "me:secret@proxy:3128", "proxy:3128"},
    {"socks", "socks5h://me:secret@proxy:1080", "socks5h://proxy:1080"},
    {"unclean", "http://pro|xy\n:3128", "http://pro?xy :3128"},
    {"empty", "", ""},
};

START_TEST(test_proxy_name)
{
    const struct encoded_row *row = &proxy_name_rows[_i];
    struct amr_buffer words;

    amr_buffer_init(&words, 400);
    amr_url_append_proxy_name(&words, row->value);
    ck_assert_msg(strcmp(amr_buffer_text(&words), row->encoded) == 0, "%s: %s", row->name,
                  amr_buffer_text(&words));
    amr_buffer_free(&words);
}
END_TEST

static void add_tests(TCase *tcase)
{
    tcase_add_test(tcase, knows_loopback);
    UNIT_ADD_ROWS(tcase, test_endpoint, endpoint_rows);
    UNIT_ADD_ROWS(tcase, test_proxy, proxy_rows);
    UNIT_ADD_ROWS(tcase, test_encoded, encoded_rows);
    UNIT_ADD_ROWS(tcase, test_proxy_name, proxy_name_rows);
}

int main(void)
{
    return unit_run("url", add_tests);
}
