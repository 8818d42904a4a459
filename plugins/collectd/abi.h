/* SPDX-License-Identifier: MIT */
/* What the plugin uses of collectd's own headers, versions 5.9 to 5.12, in which all of it is the
 * same: several systems install none. tests/collectd/abi.sh holds it against those that are
 * there. Names are collectd's. */
#ifndef AMR_COLLECTD_ABI_H
#define AMR_COLLECTD_ABI_H

#include <stddef.h>
#include <stdint.h>

#include "attributes.h"

enum {
    LOG_ERR = 3,
    LOG_WARNING = 4,
    LOG_INFO = 6,
    NOTIF_FAILURE = 1,
    NOTIF_WARNING = 2,
    NOTIF_OKAY = 4,
    NOTIF_MAX_MSG_LEN = 256,
    DATA_MAX_NAME_LEN = 128,
    OCONFIG_TYPE_STRING = 0,
    OCONFIG_TYPE_NUMBER = 1,
    OCONFIG_TYPE_BOOLEAN = 2,
};

/* Seconds multiplied by 2^30. */
typedef uint64_t cdtime_t;

typedef union value_u {
    unsigned long long counter;
    double gauge;
    int64_t derive;
    uint64_t absolute;
} value_t;

typedef struct value_list_s {
    value_t *values;
    size_t values_len;
    cdtime_t time;     /* 0: now */
    cdtime_t interval; /* 0: the plugin's */
    char host[DATA_MAX_NAME_LEN];
    char plugin[DATA_MAX_NAME_LEN];
    char plugin_instance[DATA_MAX_NAME_LEN];
    char type[DATA_MAX_NAME_LEN];
    char type_instance[DATA_MAX_NAME_LEN];
    void *meta;
} value_list_t;

typedef struct notification_s {
    int severity;
    cdtime_t time;
    char message[NOTIF_MAX_MSG_LEN];
    char host[DATA_MAX_NAME_LEN];
    char plugin[DATA_MAX_NAME_LEN];
    char plugin_instance[DATA_MAX_NAME_LEN];
    char type[DATA_MAX_NAME_LEN];
    char type_instance[DATA_MAX_NAME_LEN];
    void *meta;
} notification_t;

typedef struct user_data_s {
    void *data;
    void (*free_func)(void *);
} user_data_t;

typedef struct oconfig_value_s {
    union {
        char *string;
        double number;
        int boolean;
    } value;
    int type;
} oconfig_value_t;

typedef struct oconfig_item_s {
    char *key;
    oconfig_value_t *values;
    int values_num;
    struct oconfig_item_s *parent;
    struct oconfig_item_s *children;
    int children_num;
} oconfig_item_t;

/* The name of this machine. */
extern char *hostname_g;

/* What the daemon offers to plugins; each returns 0 where it could. */
int plugin_register_complex_config(const char *type, int (*callback)(oconfig_item_t *));
int plugin_register_init(const char *name, int (*callback)(void));
int plugin_register_complex_read(const char *group, const char *name,
                                 int (*callback)(user_data_t *), cdtime_t interval,
                                 user_data_t const *user_data);
int plugin_register_shutdown(const char *name, int (*callback)(void));
int plugin_dispatch_values(value_list_t const *vl);
int plugin_dispatch_notification(const notification_t *notif);
void plugin_log(int level, const char *format, ...) AMR_PRINTF(2, 3);

/* What the daemon calls once the plugin is loaded. */
void module_register(void);

#endif
