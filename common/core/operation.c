/* SPDX-License-Identifier: MIT */
#include "operation.h"

#include "json.h"
#include "pace.h"
#include "text.h"

enum {
    QUOTE_BYTES_MAX = 300,
    FIRST_WAIT_MS = 2000,
    MOST_WAIT_MS = 15 * 1000,
    RETRY_AFTER_S_MAX = 300,
};

const char *amr_change_method(enum amr_change change)
{
    return change == AMR_CHANGE_START ? "POST" : "PATCH";
}

const char *amr_change_body(enum amr_change change)
{
    static const char *const bodies[] = {
        [AMR_CHANGE_DEFER] = "{\"properties\":{\"deferUpgrade\":\"Deferred\"}}",
        [AMR_CHANGE_UNDEFER] = "{\"properties\":{\"deferUpgrade\":\"NotDeferred\"}}",
        [AMR_CHANGE_START] = NULL,
    };

    return bodies[change];
}

const char *amr_change_right(enum amr_change change)
{
    return change == AMR_CHANGE_START
               ? "Microsoft.Cache/redisEnterprise/databases/upgradeDBRedisVersion/action"
               : "Microsoft.Cache/redisEnterprise/databases/write";
}

void amr_change_append_url(struct amr_buffer *url, const struct amr_arm_place *place,
                           const struct amr_cluster *cluster, const struct amr_database *database,
                           enum amr_change change)
{
    amr_arm_append_database_url(url, place, cluster, database->name,
                                change == AMR_CHANGE_START ? "upgradeDBRedisVersion" : "");
}

static enum amr_operation_status status_of(const char *word)
{
    static const struct {
        const char *word;
        enum amr_operation_status status;
    } ends[] = {
        {"Succeeded", AMR_OPERATION_SUCCEEDED},
        {"Failed", AMR_OPERATION_FAILED},
        {"Canceled", AMR_OPERATION_CANCELED},
    };

    for (size_t i = 0; i < AMR_COUNT_OF(ends); i++) {
        if (amr_text_is_equal_nocase(ends[i].word, word))
            return ends[i].status;
    }
    return AMR_OPERATION_RUNNING;
}

static void append_foreign(struct amr_buffer *words, const char *separator, const amr_json *value)
{
    const char *text = amr_json_text(value);

    if (text == NULL)
        return;
    amr_buffer_append_text(words, separator);
    amr_text_append_clean(words, text, QUOTE_BYTES_MAX);
}

/* "Failed: Code: message" */
static void take_error(const amr_json *document, struct amr_operation *operation)
{
    const amr_json *error = amr_json_get(document, "error");
    struct amr_buffer words;

    if (amr_json_is_object(amr_json_get(error, "error")))
        error = amr_json_get(error, "error");
    amr_buffer_init(&words, AMR_ERROR_MESSAGE_SIZE);
    append_foreign(&words, ": ", amr_json_get(error, "code"));
    append_foreign(&words, ": ", amr_json_get(error, "message"));
    (void)amr_error_set(&operation->error, AMR_ERROR_SERVER, "Azure ended the operation: %s%s",
                        operation->word, amr_buffer_text(&words));
    amr_buffer_free(&words);
}

static void take_word(const char *text, struct amr_operation *operation)
{
    struct amr_buffer word;

    amr_buffer_init(&word, AMR_OPERATION_WORD_SIZE - 1);
    amr_text_append_clean(&word, text, AMR_OPERATION_WORD_SIZE - 1);
    if (!amr_text_copy(operation->word, sizeof(operation->word), amr_buffer_text(&word)))
        operation->word[0] = '\0';
    amr_buffer_free(&word);
}

bool amr_operation_read(const char *body, size_t length, struct amr_operation *operation,
                        struct amr_error *err)
{
    amr_json *document = NULL;
    struct amr_operation read = {.status = AMR_OPERATION_RUNNING};

    if (!amr_json_parse(body, length, &document, err))
        return false;
    const char *word = amr_json_text(amr_json_get(document, "status"));
    if (word != NULL) {
        read.status = status_of(word);
        take_word(word, &read);
        take_error(document, &read);
        *operation = read;
    }
    bool is_read =
        word != NULL || amr_error_set(err, AMR_ERROR_RESPONSE, "the operation has no status");
    amr_json_free(document);
    return is_read;
}

int64_t amr_operation_wait_ms(const char *retry_after, int asked, int64_t now_s)
{
    int64_t wait_ms = FIRST_WAIT_MS;

    if (retry_after[0] != '\0') {
        int64_t wait_s = amr_pace_retry_s(retry_after, now_s) - now_s;

        return (wait_s > RETRY_AFTER_S_MAX ? RETRY_AFTER_S_MAX : wait_s) * 1000;
    }
    for (int i = 0; i < asked && wait_ms < MOST_WAIT_MS; i++)
        wait_ms *= 2;
    return wait_ms > MOST_WAIT_MS ? MOST_WAIT_MS : wait_ms;
}
