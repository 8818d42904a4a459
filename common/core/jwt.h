/* SPDX-License-Identifier: MIT */
/* The text of the client assertion with which an application shows Microsoft Entra that it holds
 * the key of its certificate: a JSON Web Token (RFC 7519) in compact form (RFC 7515), PS256. The
 * bytes are signed elsewhere. */
#ifndef AMR_JWT_H
#define AMR_JWT_H

#include <stddef.h>
#include <stdint.h>

#include "buffer.h"

enum {
    AMR_JWT_BYTES_MAX = 8 * 1024,
    AMR_JWT_LIFE_S = 600,
    AMR_JWT_ID_BYTES = 16,
    AMR_JWT_THUMBPRINT_BYTES = 32,
};

/* What an assertion says. Texts are borrowed. */
struct amr_jwt_claims {
    const char *audience;         /* address of the token endpoint */
    const char *client_id;        /* issuer and subject */
    uint8_t id[AMR_JWT_ID_BYTES]; /* random: no two assertions share one */
    int64_t now_s;                /* it holds from now_s for AMR_JWT_LIFE_S seconds */
};

/* Appends bytes[length] in base64url without padding (RFC 4648 5). */
void amr_jwt_append_base64url(struct amr_buffer *buffer, const void *bytes, size_t length);

/* Appends id as a random UUID in its 8-4-4-4-12 form (RFC 4122 4.4): version and variant replace
 * six of its bits. */
void amr_jwt_append_uuid(struct amr_buffer *buffer, const uint8_t id[AMR_JWT_ID_BYTES]);

/* Appends header and claims, `BASE64URL.BASE64URL`: the bytes to sign. `thumbprint` is the SHA-256
 * of the certificate's DER form; the header names the certificate by it (x5t#S256). */
void amr_jwt_append_unsigned(struct amr_buffer *buffer,
                             const uint8_t thumbprint[AMR_JWT_THUMBPRINT_BYTES],
                             const struct amr_jwt_claims *claims);

/* Appends `.BASE64URL` of the signature to what amr_jwt_append_unsigned has appended: the whole
 * assertion. It is as good as a password for AMR_JWT_LIFE_S seconds: wipe it. */
void amr_jwt_append_signature(struct amr_buffer *buffer, const void *signature, size_t length);

#endif
