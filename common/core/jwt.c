/* SPDX-License-Identifier: MIT */
#include "jwt.h"

#include <string.h>

#include "json.h"

enum { PART_BYTES_MAX = AMR_JWT_BYTES_MAX / 2 };

void amr_jwt_append_base64url(struct amr_buffer *buffer, const void *bytes, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const uint8_t *at = bytes;

    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i < 3 ? length - i : 3;
        uint32_t group = (uint32_t)at[i] << 16;
        char text[4];

        group |= left > 1 ? (uint32_t)at[i + 1] << 8 : 0;
        group |= left > 2 ? (uint32_t)at[i + 2] : 0;
        for (int digit = 0; digit < 4; digit++)
            text[digit] = digits[group >> (18 - 6 * digit) & 63];
        amr_buffer_append(buffer, text, left + 1);
    }
}

void amr_jwt_append_uuid(struct amr_buffer *buffer, const uint8_t id[AMR_JWT_ID_BYTES])
{
    uint8_t uuid[AMR_JWT_ID_BYTES];

    memcpy(uuid, id, sizeof(uuid));
    uuid[6] = (uint8_t)(0x40 | (uuid[6] & 0x0f));
    uuid[8] = (uint8_t)(0x80 | (uuid[8] & 0x3f));
    for (size_t i = 0; i < sizeof(uuid); i++) {
        bool is_after_hyphen = i == 4 || i == 6 || i == 8 || i == 10;

        amr_buffer_append_format(buffer, "%s%02x", is_after_hyphen ? "-" : "", uuid[i]);
    }
}

static void append_header(struct amr_buffer *json,
                          const uint8_t thumbprint[AMR_JWT_THUMBPRINT_BYTES])
{
    amr_buffer_append_text(json, "{\"alg\":\"PS256\",\"typ\":\"JWT\",\"x5t#S256\":\"");
    amr_jwt_append_base64url(json, thumbprint, AMR_JWT_THUMBPRINT_BYTES);
    amr_buffer_append_text(json, "\"}");
}

static void append_claims(struct amr_buffer *json, const struct amr_jwt_claims *claims)
{
    long long now_s = (long long)claims->now_s;

    amr_buffer_append_text(json, "{\"aud\":");
    amr_json_append_text(json, claims->audience);
    amr_buffer_append_text(json, ",\"iss\":");
    amr_json_append_text(json, claims->client_id);
    amr_buffer_append_text(json, ",\"sub\":");
    amr_json_append_text(json, claims->client_id);
    amr_buffer_append_text(json, ",\"jti\":\"");
    amr_jwt_append_uuid(json, claims->id);
    amr_buffer_append_format(json, "\",\"nbf\":%lld,\"iat\":%lld,\"exp\":%lld}", now_s, now_s,
                             now_s + AMR_JWT_LIFE_S);
}

static void append_part(struct amr_buffer *buffer, struct amr_buffer *json)
{
    if (amr_buffer_is_failed(json))
        amr_buffer_fail(buffer);
    amr_jwt_append_base64url(buffer, amr_buffer_text(json), json->length);
    amr_buffer_free(json);
}

void amr_jwt_append_unsigned(struct amr_buffer *buffer,
                             const uint8_t thumbprint[AMR_JWT_THUMBPRINT_BYTES],
                             const struct amr_jwt_claims *claims)
{
    struct amr_buffer json;

    amr_buffer_init(&json, PART_BYTES_MAX);
    append_header(&json, thumbprint);
    append_part(buffer, &json);
    amr_buffer_append_text(buffer, ".");
    amr_buffer_init(&json, PART_BYTES_MAX);
    append_claims(&json, claims);
    append_part(buffer, &json);
}

void amr_jwt_append_signature(struct amr_buffer *buffer, const void *signature, size_t length)
{
    amr_buffer_append_text(buffer, ".");
    amr_jwt_append_base64url(buffer, signature, length);
}
