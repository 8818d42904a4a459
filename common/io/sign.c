/* SPDX-License-Identifier: MIT */
#include "sign.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <time.h>

enum { SALT_BYTES = 32, KEY_BITS_LEAST = 2048 };

struct amr_sign {
    EVP_PKEY *key;
    X509 *certificate;
};

static bool refuse(struct amr_error *err, const char *what)
{
    /* What OpenSSL has noted down must not be taken for a later failure's reason. */
    ERR_clear_error();
    return amr_error_set(err, AMR_ERROR_CREDENTIAL, "%s", what);
}

/* OpenSSL would ask at the terminal. */
static int refuse_passphrase(char *passphrase, int size, int is_writing, void *context)
{
    bool *is_encrypted = context;

    (void)passphrase, (void)size, (void)is_writing;
    *is_encrypted = true;
    return -1;
}

static BIO *open_text(const char *text, size_t length)
{
    return length > INT_MAX ? NULL : BIO_new_mem_buf(text, (int)length);
}

static bool check_key(const EVP_PKEY *key, struct amr_error *err)
{
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)
        return refuse(err,
                      "the private key is no RSA key, the only kind that Microsoft Entra takes");
    if (EVP_PKEY_get_bits(key) < KEY_BITS_LEAST)
        return refuse(err, "the RSA key is shorter than 2048 bits");
    return true;
}

static bool read_key(const char *text, size_t length, EVP_PKEY **key, struct amr_error *err)
{
    bool is_encrypted = false;
    BIO *bio = open_text(text, length);

    if (bio == NULL)
        return amr_error_set_no_memory(err);
    *key = PEM_read_bio_PrivateKey(bio, NULL, refuse_passphrase, &is_encrypted);
    (void)BIO_free(bio);
    if (is_encrypted)
        return refuse(err, "the private key has a passphrase: store it without one, mode 0640");
    if (*key == NULL)
        return refuse(err, "no private key in it (PEM, \"-----BEGIN PRIVATE KEY-----\")");
    return check_key(*key, err);
}

/* The certificate that belongs to the key; *has_any tells whether there was any at all. */
static X509 *find_certificate(BIO *bio, const EVP_PKEY *key, bool *has_any)
{
    X509 *certificate;

    *has_any = false;
    while ((certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
        *has_any = true;
        if (X509_check_private_key(certificate, key) == 1)
            break;
        X509_free(certificate);
    }
    /* The end of the text is one more failed reading. */
    ERR_clear_error();
    return certificate;
}

static bool read_certificate(const char *text, size_t length, struct amr_sign *sign,
                             struct amr_error *err)
{
    bool has_any;
    BIO *bio = open_text(text, length);

    if (bio == NULL)
        return amr_error_set_no_memory(err);
    sign->certificate = find_certificate(bio, sign->key, &has_any);
    (void)BIO_free(bio);
    if (!has_any)
        return refuse(err, "no certificate in it (PEM, \"-----BEGIN CERTIFICATE-----\")");
    return sign->certificate != NULL ||
           refuse(err, "the private key does not belong to the certificate");
}

static bool refuse_day(struct amr_error *err, const ASN1_TIME *time, const char *what)
{
    struct tm day;

    if (ASN1_TIME_to_tm(time, &day) != 1)
        return refuse(err, "the certificate has no readable dates");
    return amr_error_set(err, AMR_ERROR_CREDENTIAL, "the certificate %s %04d-%02d-%02d", what,
                         day.tm_year + 1900, day.tm_mon + 1, day.tm_mday);
}

static bool check_dates(const X509 *certificate, int64_t now_s, struct amr_error *err)
{
    time_t now = (time_t)now_s;
    const ASN1_TIME *begin = X509_get0_notBefore(certificate);
    const ASN1_TIME *end = X509_get0_notAfter(certificate);

    if (X509_cmp_time(begin, &now) != -1)
        return refuse_day(err, begin, "is not valid before");
    if (X509_cmp_time(end, &now) != 1)
        return refuse_day(err, end, "has expired on");
    return true;
}

bool amr_sign_parse(const char *text, size_t length, int64_t now_s, struct amr_sign **sign,
                    struct amr_error *err)
{
    struct amr_sign *made = calloc(1, sizeof(*made));

    if (made == NULL)
        return amr_error_set_no_memory(err);
    if (!read_key(text, length, &made->key, err) || !read_certificate(text, length, made, err) ||
        !check_dates(made->certificate, now_s, err)) {
        amr_sign_free(made);
        return false;
    }
    *sign = made;
    return true;
}

bool amr_sign_thumbprint(const struct amr_sign *sign, uint8_t thumbprint[AMR_SIGN_THUMBPRINT_BYTES],
                         struct amr_error *err)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;

    if (X509_digest(sign->certificate, EVP_sha256(), digest, &length) != 1 ||
        length != AMR_SIGN_THUMBPRINT_BYTES)
        return refuse(err, "OpenSSL makes no SHA-256 of the certificate");
    for (size_t i = 0; i < AMR_SIGN_THUMBPRINT_BYTES; i++)
        thumbprint[i] = digest[i];
    return true;
}

static bool set_up(EVP_MD_CTX *context, EVP_PKEY *key)
{
    EVP_PKEY_CTX *scheme = NULL;

    return EVP_DigestSignInit(context, &scheme, EVP_sha256(), NULL, key) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(scheme, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(scheme, EVP_sha256()) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(scheme, SALT_BYTES) == 1;
}

bool amr_sign_ps256(const struct amr_sign *sign, const void *bytes, size_t length,
                    struct amr_buffer *signature, struct amr_error *err)
{
    uint8_t made[AMR_SIGN_SIGNATURE_BYTES_MAX];
    size_t made_length = sizeof(made);
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    if (context == NULL)
        return amr_error_set_no_memory(err);
    bool is_made = set_up(context, sign->key) &&
                   EVP_DigestSign(context, made, &made_length, bytes, length) == 1;
    EVP_MD_CTX_free(context);
    if (!is_made)
        return refuse(err, "OpenSSL makes no PS256 signature with this key");
    amr_buffer_append(signature, made, made_length);
    return !amr_buffer_is_failed(signature) || amr_error_set_no_memory(err);
}

bool amr_sign_random(uint8_t *bytes, size_t length, struct amr_error *err)
{
    return (length <= INT_MAX && RAND_bytes(bytes, (int)length) == 1) ||
           refuse(err, "OpenSSL has no random bytes");
}

void amr_sign_free(struct amr_sign *sign)
{
    if (sign == NULL)
        return;
    EVP_PKEY_free(sign->key);
    X509_free(sign->certificate);
    free(sign);
}
