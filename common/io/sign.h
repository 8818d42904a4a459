/* SPDX-License-Identifier: MIT */
/* A certificate and its RSA key: fingerprints and signatures of bytes. The only file that knows
 * OpenSSL. */
#ifndef AMR_SIGN_H
#define AMR_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attributes.h"
#include "buffer.h"
#include "error.h"

enum { AMR_SIGN_THUMBPRINT_BYTES = 32, AMR_SIGN_SIGNATURE_BYTES_MAX = 2048 };

struct amr_sign;

/* Takes the key and the certificate that belongs to it out of PEM text[length], in any order, among
 * any other certificates. *sign is the caller's, who frees it with amr_sign_free; text is borrowed
 * until this returns. Errors: AMR_ERROR_CREDENTIAL, AMR_ERROR_NO_MEMORY, in words that fit after
 * the file's name: no key, a key with a passphrase, no RSA key, no certificate of that key, one
 * that does not hold at now_s (seconds since 1970). Nobody is ever asked for a passphrase. */
bool amr_sign_parse(const char *text, size_t length, int64_t now_s, struct amr_sign **sign,
                    struct amr_error *err) AMR_MUST_CHECK;

/* The SHA-256 of the certificate's DER form. */
bool amr_sign_thumbprint(const struct amr_sign *sign, uint8_t thumbprint[AMR_SIGN_THUMBPRINT_BYTES],
                         struct amr_error *err) AMR_MUST_CHECK;

/* Appends the signature of bytes[length] to *signature, which needs room for
 * AMR_SIGN_SIGNATURE_BYTES_MAX: RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes
 * (RFC 7518 3.5, PS256). */
bool amr_sign_ps256(const struct amr_sign *sign, const void *bytes, size_t length,
                    struct amr_buffer *signature, struct amr_error *err) AMR_MUST_CHECK;

/* Fills bytes[length] at random, good enough for names that nobody may guess. */
bool amr_sign_random(uint8_t *bytes, size_t length, struct amr_error *err) AMR_MUST_CHECK;

/* Wipes the key and frees; takes NULL. */
void amr_sign_free(struct amr_sign *sign);

#endif
