/* SPDX-License-Identifier: MIT */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "keys.h"
#include "sign.h"
#include "unit.h"

enum { BEGIN_S = 1767225600, END_S = 1798761599 }; /* 2026-01-01T00:00:00Z, 2026-12-31T23:59:59Z */

static const struct parse_row {
    const char *name;
    const char *parts[3];
    int64_t now_s;
    const char *words; /* NULL: taken */
} parse_rows[] = {
    {"certificate and key", {unit_certificate, unit_key}, BEGIN_S + 1, NULL},
    {"key and certificate", {unit_key, unit_certificate}, BEGIN_S + 1, NULL},
    {"with notes", {"Bag Attributes\n", unit_key, unit_certificate}, BEGIN_S + 1, NULL},
    {"its first second", {unit_certificate, unit_key}, BEGIN_S, NULL},
    {"before",
     {unit_certificate, unit_key},
     BEGIN_S - 1,
     "the certificate is not valid before "
     "2026-01-01"},
    {"almost its last second", {unit_certificate, unit_key}, END_S - 1, NULL},
    {"after", {unit_certificate, unit_key}, END_S + 1, "the certificate has expired on 2026-12-31"},
    {"year 2040", {unit_certificate, unit_key}, INT64_C(2208988800), "the certificate has expired"},
    {"year 1970", {unit_certificate, unit_key}, 0, "the certificate is not valid before"},
    {"nothing", {""}, BEGIN_S, "no private key in it"},
    {"certificate only", {unit_certificate}, BEGIN_S, "no private key in it"},
    {"key only", {unit_key}, BEGIN_S, "no certificate in it"},
    {"another's key",
     {unit_certificate, unit_short_key},
     BEGIN_S,
     "the RSA key is shorter than "
     "2048 bits"},
    {"key cut short",
     {unit_certificate, "-----BEGIN PRIVATE KEY-----\nMIIE\n"},
     BEGIN_S,
     "no private key in it"},
    {"certificate cut short",
     {unit_key, "-----BEGIN CERTIFICATE-----\nMIID\n"},
     BEGIN_S,
     "no certificate in it"},
};

static bool parse(const struct parse_row *row, struct amr_sign **sign, struct amr_error *err)
{
    struct amr_buffer text;

    amr_buffer_init(&text, 16 * 1024);
    for (size_t i = 0; i < AMR_COUNT_OF(row->parts) && row->parts[i] != NULL; i++)
        amr_buffer_append_text(&text, row->parts[i]);
    bool is_taken = amr_sign_parse(amr_buffer_text(&text), text.length, row->now_s, sign, err);
    amr_buffer_wipe(&text);
    return is_taken;
}

START_TEST(test_parse)
{
    const struct parse_row *row = &parse_rows[_i];
    struct amr_sign *sign = NULL;
    struct amr_error err = {.code = AMR_ERROR_USAGE, .http_status = 0, .message = ""};
    bool is_taken = parse(row, &sign, &err);

    ck_assert_msg(is_taken == (row->words == NULL), "%s: '%s'", row->name, err.message);
    ck_assert_msg(is_taken == (sign != NULL), "%s: output", row->name);
    if (!is_taken) {
        ck_assert_msg(strstr(err.message, row->words) == err.message, "%s: said '%s'", row->name,
                      err.message);
        ck_assert_int_eq(err.code, AMR_ERROR_CREDENTIAL);
    }
    amr_sign_free(sign);
}
END_TEST

START_TEST(test_thumbprint_is_that_of_the_openssl_command)
{
    struct amr_sign *sign = NULL;
    struct amr_error err;
    uint8_t thumbprint[AMR_SIGN_THUMBPRINT_BYTES];

    ck_assert(parse(&parse_rows[0], &sign, &err));
    ck_assert(amr_sign_thumbprint(sign, thumbprint, &err));
    ck_assert_mem_eq(thumbprint, unit_thumbprint, sizeof(unit_thumbprint));
    amr_sign_free(sign);
}
END_TEST

static bool is_verified(const void *bytes, size_t length, const struct amr_buffer *signature,
                        int salt_bytes)
{
    BIO *bio = BIO_new_mem_buf(unit_certificate, -1);
    X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    EVP_PKEY *key = X509_get_pubkey(certificate);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *scheme = NULL;

    ck_assert_int_eq(EVP_DigestVerifyInit(context, &scheme, EVP_sha256(), NULL, key), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(scheme, RSA_PKCS1_PSS_PADDING), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_pss_saltlen(scheme, salt_bytes), 1);
    int code = EVP_DigestVerify(context, (const unsigned char *)amr_buffer_text(signature),
                                signature->length, bytes, length);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    X509_free(certificate);
    (void)BIO_free(bio);
    return code == 1;
}

START_TEST(test_signature_is_verified_by_openssl)
{
    struct amr_sign *sign = NULL;
    struct amr_error err;
    struct amr_buffer signature;

    amr_buffer_init(&signature, AMR_SIGN_SIGNATURE_BYTES_MAX);
    ck_assert(parse(&parse_rows[0], &sign, &err));
    ck_assert(amr_sign_ps256(sign, "header.claims", 13, &signature, &err));
    ck_assert_uint_eq(signature.length, 256);
    ck_assert(is_verified("header.claims", 13, &signature, 32));
    ck_assert(!is_verified("header.claimS", 13, &signature, 32));
    ck_assert(!is_verified("header.claims", 13, &signature, 20));
    amr_buffer_wipe(&signature);
    amr_sign_free(sign);
}
END_TEST

START_TEST(test_random_bytes_differ)
{
    struct amr_error err;
    uint8_t first[16] = {0};
    uint8_t second[16] = {0};

    ck_assert(amr_sign_random(first, sizeof(first), &err));
    ck_assert(amr_sign_random(second, sizeof(second), &err));
    ck_assert_mem_ne(first, second, sizeof(first));
}
END_TEST

START_TEST(test_free_takes_null)
{
    amr_sign_free(NULL);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, test_parse, parse_rows);
    tcase_add_test(tcase, test_thumbprint_is_that_of_the_openssl_command);
    tcase_add_test(tcase, test_signature_is_verified_by_openssl);
    tcase_add_test(tcase, test_random_bytes_differ);
    tcase_add_test(tcase, test_free_takes_null);
}

int main(void)
{
    return unit_run("sign", add_tests);
}
