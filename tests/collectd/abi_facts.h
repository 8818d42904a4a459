/* SPDX-License-Identifier: MIT */
/* What a plugin's object file takes from the header that was included before this one. */
#include <stdio.h>

#define FACT(expression) (void)printf("%s = %lld\n", #expression, (long long)(expression))
#define MEMBER(type, member)                                                                       \
    (void)printf("%s.%s at %zu, %zu bytes\n", #type, #member, offsetof(type, member),              \
                 sizeof(((type *)0)->member))
#define IS_TYPE(name, type) FACT(_Generic(name, type : 1, default : 0))

static void tell_lists(void)
{
    FACT(sizeof(cdtime_t));
    FACT(sizeof(value_t));
    MEMBER(value_t, counter);
    MEMBER(value_t, gauge);
    MEMBER(value_t, derive);
    MEMBER(value_t, absolute);
    FACT(sizeof(value_list_t));
    MEMBER(value_list_t, values);
    MEMBER(value_list_t, values_len);
    MEMBER(value_list_t, time);
    MEMBER(value_list_t, interval);
    MEMBER(value_list_t, host);
    MEMBER(value_list_t, plugin);
    MEMBER(value_list_t, plugin_instance);
    MEMBER(value_list_t, type);
    MEMBER(value_list_t, type_instance);
    MEMBER(value_list_t, meta);
}

static void tell_others(void)
{
    FACT(sizeof(notification_t));
    MEMBER(notification_t, severity);
    MEMBER(notification_t, time);
    MEMBER(notification_t, message);
    MEMBER(notification_t, host);
    MEMBER(notification_t, plugin);
    MEMBER(notification_t, plugin_instance);
    MEMBER(notification_t, type);
    MEMBER(notification_t, type_instance);
    MEMBER(notification_t, meta);
    FACT(sizeof(user_data_t));
    MEMBER(user_data_t, data);
    MEMBER(user_data_t, free_func);
    FACT(sizeof(oconfig_value_t));
    MEMBER(oconfig_value_t, value.string);
    MEMBER(oconfig_value_t, value.number);
    MEMBER(oconfig_value_t, value.boolean);
    MEMBER(oconfig_value_t, type);
    FACT(sizeof(oconfig_item_t));
    MEMBER(oconfig_item_t, key);
    MEMBER(oconfig_item_t, values);
    MEMBER(oconfig_item_t, values_num);
    MEMBER(oconfig_item_t, parent);
    MEMBER(oconfig_item_t, children);
    MEMBER(oconfig_item_t, children_num);
}

static void tell_values(void)
{
    FACT(LOG_ERR);
    FACT(LOG_WARNING);
    FACT(LOG_INFO);
    FACT(NOTIF_FAILURE);
    FACT(NOTIF_WARNING);
    FACT(NOTIF_OKAY);
    FACT(NOTIF_MAX_MSG_LEN);
    FACT(DATA_MAX_NAME_LEN);
    FACT(OCONFIG_TYPE_STRING);
    FACT(OCONFIG_TYPE_NUMBER);
    FACT(OCONFIG_TYPE_BOOLEAN);
}

static void tell_names(void)
{
    IS_TYPE(&hostname_g, char **);
    IS_TYPE(&plugin_register_complex_config, int (*)(const char *, int (*)(oconfig_item_t *)));
    IS_TYPE(&plugin_register_init, int (*)(const char *, int (*)(void)));
    IS_TYPE(
        &plugin_register_complex_read,
        int (*)(const char *, const char *, int (*)(user_data_t *), cdtime_t, user_data_t const *));
    IS_TYPE(&plugin_register_shutdown, int (*)(const char *, int (*)(void)));
    IS_TYPE(&plugin_dispatch_values, int (*)(value_list_t const *));
    IS_TYPE(&plugin_dispatch_notification, int (*)(const notification_t *));
    IS_TYPE(&plugin_log, void (*)(int, const char *, ...));
    IS_TYPE(&module_register, void (*)(void));
}

int main(void)
{
    tell_lists();
    tell_others();
    tell_values();
    tell_names();
    return 0;
}
