/* SPDX-License-Identifier: MIT */
/* What Azure is told to do with a database, and how it says what became of it. */
#ifndef AMR_OPERATION_H
#define AMR_OPERATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arm.h"
#include "attributes.h"
#include "buffer.h"
#include "error.h"
#include "fleet.h"

/* DEFER and UNDEFER set the one flag, START begins the upgrade to the newest line. */
enum amr_change { AMR_CHANGE_DEFER, AMR_CHANGE_UNDEFER, AMR_CHANGE_START };

/* The method of the request, and its body: NULL where it has none. Static text. */
const char *amr_change_method(enum amr_change change);
const char *amr_change_body(enum amr_change change);

/* The right that it needs: "Microsoft.Cache/redisEnterprise/databases/write". Static text. */
const char *amr_change_right(enum amr_change change);

/* Appends the URL of the request about this database of the cluster, each segment percent-encoded.
 * Of the place the endpoint and the version count. */
void amr_change_append_url(struct amr_buffer *url, const struct amr_arm_place *place,
                           const struct amr_cluster *cluster, const struct amr_database *database,
                           enum amr_change change);

enum amr_operation_status {
    AMR_OPERATION_RUNNING,
    AMR_OPERATION_SUCCEEDED,
    AMR_OPERATION_FAILED,
    AMR_OPERATION_CANCELED,
};

enum { AMR_OPERATION_WORD_SIZE = 40 };

/* `word` is Azure's own, cleaned and cut; `error` says why it failed or was canceled. */
struct amr_operation {
    enum amr_operation_status status;
    char word[AMR_OPERATION_WORD_SIZE];
    struct amr_error error;
};

/* Reads the body that Azure-AsyncOperation's address answers with 200. Only `status` decides; every
 * word but Succeeded, Failed and Canceled goes on, whatever endTime says. `error` may be nested in
 * another. Error: AMR_ERROR_RESPONSE where there is no status. */
bool amr_operation_read(const char *body, size_t length, struct amr_operation *operation,
                        struct amr_error *err) AMR_MUST_CHECK;

/* Milliseconds to wait before the next question after `asked` ones (from 0): what Retry-After says,
 * at least a second and at most five minutes; without one 2 s, doubled each time up to 15 s. */
int64_t amr_operation_wait_ms(const char *retry_after, int asked, int64_t now_s);

#endif
