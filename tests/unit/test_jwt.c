/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "jwt.h"
#include "unit.h"

/* The first is RFC 4648's empty text, the next six its examples in base64url without padding. */
static const struct base64_row {
    const char *bytes;
    size_t length;
    const char *text;
} base64_rows[] = {
    {"", 0, ""},
    {"f", 1, "Zg"},
    {"fo", 2, "Zm8"},
    {"foo", 3, "Zm9v"},
    {"foob", 4, "Zm9vYg"},
    {"fooba", 5, "Zm9vYmE"},
    {"foobar", 6, "Zm9vYmFy"},
    {"\xfb\xff\xfe", 3, "-__-"},
    {"\0\0\0\0", 4, "AAAAAA"},
};

START_TEST(test_base64url)
{
    const struct base64_row *row = &base64_rows[_i];
    struct amr_buffer text;

    amr_buffer_init(&text, 64);
    amr_jwt_append_base64url(&text, row->bytes, row->length);
    ck_assert_str_eq(amr_buffer_text(&text), row->text);
    amr_buffer_free(&text);
}
END_TEST

static const struct uuid_row {
    uint8_t id[AMR_JWT_ID_BYTES];
    const char *text;
} uuid_rows[] = {
    {{0}, "00000000-0000-4000-8000-000000000000"},
    {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
     "00010203-0405-4607-8809-0a0b0c0d0e0f"},
    {{255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255},
     "ffffffff-ffff-4fff-bfff-ffffffffffff"},
};

START_TEST(test_uuid)
{
    const struct uuid_row *row = &uuid_rows[_i];
    struct amr_buffer text;

    amr_buffer_init(&text, 64);
    amr_jwt_append_uuid(&text, row->id);
    ck_assert_str_eq(amr_buffer_text(&text), row->text);
    amr_buffer_free(&text);
}
END_TEST

static const uint8_t thumbprint[AMR_JWT_THUMBPRINT_BYTES] = {
    224, 225, 226, 227, 228, 229, 230, 231, 232, 233, 234, 235, 236, 237, 238, 239,
    240, 241, 242, 243, 244, 245, 246, 247, 248, 249, 250, 251, 252, 253, 254, 255,
};

/* {"alg":"PS256","typ":"JWT","x5t#S256":"4OHi4-Tl5ufo6err7O3u7_Dx8vP09fb3-Pn6-_z9_v8"} */
#define HEADER                                                                                     \
    "eyJhbGciOiJQUzI1NiIsInR5cCI6IkpXVCIsIng1dCNTMjU2IjoiNE9IaTQtVGw1dWZvNmVycjdPM3U3X0R4OHZQMDlm" \
    "YjMtUG42LV96OV92OCJ9"

/* The claims were encoded by the base64 command. */
static const struct claims_row {
    const char *audience;
    const char *client_id;
    int64_t now_s;
    const char *claims;
} claims_rows[] = {
    {"https://login.microsoftonline.com/22222222-2222-4222-8222-222222222222/oauth2/v2.0/token",
     "33333333-3333-4333-8333-333333333333", 1799154720,
     "eyJhdWQiOiJodHRwczovL2xvZ2luLm1pY3Jvc29mdG9ubGluZS5jb20vMjIyMjIyMjItMjIyMi00MjIyLTgyMjItMjIy"
     "MjIyMjIyMjIyL29hdXRoMi92Mi4wL3Rva2VuIiwiaXNzIjoiMzMzMzMzMzMtMzMzMy00MzMzLTgzMzMtMzMzMzMzMzMz"
     "MzMzIiwic3ViIjoiMzMzMzMzMzMtMzMzMy00MzMzLTgzMzMtMzMzMzMzMzMzMzMzIiwianRpIjoiMDAwMTAyMDMtMDQw"
     "NS00NjA3LTg4MDktMGEwYjBjMGQwZTBmIiwibmJmIjoxNzk5MTU0NzIwLCJpYXQiOjE3OTkxNTQ3MjAsImV4cCI6MTc5"
     "OTE1NTMyMH0"},
    {"https://h/t", "a", 0,
     "eyJhdWQiOiJodHRwczovL2gvdCIsImlzcyI6ImEiLCJzdWIiOiJhIiwianRpIjoiMDAwMTAyMDMtMDQwNS00NjA3LTg4"
     "MDktMGEwYjBjMGQwZTBmIiwibmJmIjowLCJpYXQiOjAsImV4cCI6NjAwfQ"},
    {"https://h/t", "a", INT64_C(253402300799),
     "eyJhdWQiOiJodHRwczovL2gvdCIsImlzcyI6ImEiLCJzdWIiOiJhIiwianRpIjoiMDAwMTAyMDMtMDQwNS00NjA3LTg4"
     "MDktMGEwYjBjMGQwZTBmIiwibmJmIjoyNTM0MDIzMDA3OTksImlhdCI6MjUzNDAyMzAwNzk5LCJleHAiOjI1MzQwMjMw"
     "MTM5OX0"},
};

START_TEST(test_assertion)
{
    const struct claims_row *row = &claims_rows[_i];
    struct amr_jwt_claims claims = {
        .audience = row->audience,
        .client_id = row->client_id,
        .id = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
        .now_s = row->now_s,
    };
    struct amr_buffer text;
    struct amr_buffer wanted;

    amr_buffer_init(&text, AMR_JWT_BYTES_MAX);
    amr_buffer_init(&wanted, AMR_JWT_BYTES_MAX);
    amr_buffer_append_format(&wanted, HEADER ".%s.Zm9v", row->claims);
    amr_jwt_append_unsigned(&text, thumbprint, &claims);
    amr_jwt_append_signature(&text, "foo", 3);
    ck_assert(!amr_buffer_is_failed(&text));
    ck_assert_str_eq(amr_buffer_text(&text), amr_buffer_text(&wanted));
    amr_buffer_wipe(&text);
    amr_buffer_free(&wanted);
}
END_TEST

START_TEST(test_what_does_not_fit_fails)
{
    struct amr_jwt_claims claims = {.audience = "https://h/t", .client_id = "a"};
    struct amr_buffer text;
    char long_id[AMR_JWT_BYTES_MAX] = "";

    amr_buffer_init(&text, 16);
    amr_jwt_append_unsigned(&text, thumbprint, &claims);
    ck_assert(amr_buffer_is_failed(&text));
    amr_buffer_free(&text);

    memset(long_id, 'a', sizeof(long_id) - 1);
    claims.client_id = long_id;
    amr_buffer_init(&text, AMR_JWT_BYTES_MAX);
    amr_jwt_append_unsigned(&text, thumbprint, &claims);
    ck_assert(amr_buffer_is_failed(&text));
    amr_buffer_free(&text);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, test_base64url, base64_rows);
    UNIT_ADD_ROWS(tcase, test_uuid, uuid_rows);
    UNIT_ADD_ROWS(tcase, test_assertion, claims_rows);
    tcase_add_test(tcase, test_what_does_not_fit_fails);
}

int main(void)
{
    return unit_run("jwt", add_tests);
}
