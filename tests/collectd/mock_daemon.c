/* SPDX-License-Identifier: MIT */
/* collectd as a plugin sees it: loads the plugin named as its argument and does what the lines of
 * standard input say. What the plugin tells becomes lines of standard output.
 *
 *   config FILE    hands the <Plugin amr_upgrade> blocks of FILE to the plugin
 *   init, read, shutdown    calls what the plugin has registered
 *   reads N        so many readings whose values are not printed; tells the CPU time of each in us
 *   clock SECONDS  sets the real clock as this process sees it
 *
 * Each line is answered in the end by "done STATUS MILLISECONDS". Only the main thread may call the
 * daemon; another one that does ends the process. */
#define _GNU_SOURCE

#include <dlfcn.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "abi.h"

enum { LINE_BYTES = 4096, NAMES_MAX = 64 };

static char mock_host[] = "mock";
char *hostname_g = mock_host;

static pthread_t daemon_thread;
static int64_t clock_offset_s;
static bool is_quiet;
static int (*on_config)(oconfig_item_t *);
static int (*on_init)(void);
static int (*on_read)(user_data_t *);
static int (*on_shutdown)(void);

int clock_gettime(clockid_t clock, struct timespec *now);

/* In the place of libc's, for the plugin too. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
    int status = (int)syscall(SYS_clock_gettime, clock, now);

    if (clock == CLOCK_REALTIME)
        now->tv_sec += __atomic_load_n(&clock_offset_s, __ATOMIC_RELAXED);
    return status;
}

static void check_thread(const char *name)
{
    if (pthread_equal(pthread_self(), daemon_thread))
        return;
    (void)fprintf(stderr, "%s was called by a thread of the plugin\n", name);
    abort();
}

int plugin_register_complex_config(const char *type, int (*callback)(oconfig_item_t *))
{
    on_config = callback;
    return strcmp(type, "amr_upgrade");
}

int plugin_register_init(const char *name, int (*callback)(void))
{
    on_init = callback;
    return strcmp(name, "amr_upgrade");
}

int plugin_register_complex_read(const char *group, const char *name,
                                 int (*callback)(user_data_t *), cdtime_t interval,
                                 user_data_t const *user_data)
{
    on_read = callback;
    return group != NULL || strcmp(name, "amr_upgrade") != 0 || interval != 0 || user_data != NULL;
}

int plugin_register_shutdown(const char *name, int (*callback)(void))
{
    on_shutdown = callback;
    return strcmp(name, "amr_upgrade");
}

int plugin_dispatch_values(value_list_t const *vl)
{
    check_thread("plugin_dispatch_values");
    if (is_quiet)
        return 0;
    (void)printf("value %s/%s-%s/%s-%s ", vl->host[0] == '\0' ? hostname_g : vl->host, vl->plugin,
                 vl->plugin_instance, vl->type, vl->type_instance);
    if (strcmp(vl->type, "derive") == 0)
        (void)printf("%" PRId64 "\n", vl->values[0].derive);
    else
        (void)printf("%.15g\n", vl->values[0].gauge);
    return vl->values_len == 1 && vl->interval == 0 ? 0 : -1;
}

int plugin_dispatch_notification(const notification_t *notif)
{
    check_thread("plugin_dispatch_notification");
    /* One without its time is none. */
    (void)printf("%s %d %s/%s-%s/%s-%s %s\n", notif->time > 0 ? "note" : "untimed", notif->severity,
                 notif->host, notif->plugin, notif->plugin_instance, notif->type,
                 notif->type_instance, notif->message);
    return 0;
}

void plugin_log(int level, const char *format, ...)
{
    va_list arguments;

    check_thread("plugin_log");
    (void)printf("log %d ", level);
    va_start(arguments, format);
    (void)vprintf(format, arguments);
    va_end(arguments);
    (void)printf("\n");
}

static void *must(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

static char *copy(const char *text, size_t length)
{
    return must(strndup(text, length));
}

/* Takes a word, quoted or not, out of the line; false at its end. */
static bool take_word(char **at, char **word, bool *is_quoted)
{
    *at += strspn(*at, " \t\r\n");
    if (**at == '\0' || **at == '#')
        return false;
    *is_quoted = **at == '"';
    *at += *is_quoted;
    size_t length = strcspn(*at, *is_quoted ? "\"" : " \t\r\n>");
    *word = copy(*at, length);
    *at += length + *is_quoted;
    return true;
}

static void add_value(oconfig_item_t *item, char *word, bool is_quoted)
{
    double number;
    int length = 0;
    oconfig_value_t *value;

    item->values = must(realloc(item->values, sizeof(*value) * ((size_t)item->values_num + 1)));
    value = &item->values[item->values_num++];
    *value = (oconfig_value_t){.type = OCONFIG_TYPE_STRING, .value.string = word};
    if (is_quoted)
        return;
    if (sscanf(word, "%lf%n", &number, &length) == 1 && word[length] == '\0') {
        value->type = OCONFIG_TYPE_NUMBER;
        value->value.number = number;
    } else if (strcmp(word, "true") == 0 || strcmp(word, "false") == 0) {
        value->type = OCONFIG_TYPE_BOOLEAN;
        value->value.boolean = strcmp(word, "true") == 0;
    } else {
        return;
    }
    free(word);
}

static void read_values(oconfig_item_t *item, char *at)
{
    char *word;
    bool is_quoted;

    while (*(at + strspn(at, " \t")) != '>' && take_word(&at, &word, &is_quoted))
        add_value(item, word, is_quoted);
}

static oconfig_item_t *add_child(oconfig_item_t *parent)
{
    size_t count = (size_t)parent->children_num + 1;

    parent->children = must(realloc(parent->children, sizeof(*parent) * count));
    parent->children_num++;
    parent->children[count - 1] = (oconfig_item_t){0};
    return &parent->children[count - 1];
}

/* Reads the items of a block up to its end. */
static void read_block(FILE *file, oconfig_item_t *block)
{
    char line[LINE_BYTES];

    while (fgets(line, sizeof(line), file) != NULL) {
        char *at = line + strspn(line, " \t");
        char *word;
        bool is_quoted;
        bool is_block = *at == '<';

        if (is_block && at[1] == '/')
            return;
        at += is_block;
        if (!take_word(&at, &word, &is_quoted))
            continue;
        oconfig_item_t *item = add_child(block);
        item->key = word;
        read_values(item, at);
        if (is_block)
            read_block(file, item);
    }
}

static void free_item(oconfig_item_t *item)
{
    for (int i = 0; i < item->values_num; i++) {
        if (item->values[i].type == OCONFIG_TYPE_STRING)
            free(item->values[i].value.string);
    }
    for (int i = 0; i < item->children_num; i++)
        free_item(&item->children[i]);
    free(item->values);
    free(item->children);
    free(item->key);
}

/* As in the daemon, the tree is gone once the plugin has seen it. */
static int configure(const char *path)
{
    FILE *file = must(fopen(path, "r"));
    oconfig_item_t all = {0};
    int status = 0;

    read_block(file, &all);
    (void)fclose(file);
    for (int i = 0; i < all.children_num; i++) {
        if (strcmp(all.children[i].key, "Plugin") == 0)
            status |= on_config(&all.children[i]);
    }
    free_item(&all);
    return status;
}

static int64_t nanoseconds(clockid_t clock)
{
    struct timespec now = {0};

    (void)syscall(SYS_clock_gettime, clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int read_often(int count)
{
    int64_t start = nanoseconds(CLOCK_THREAD_CPUTIME_ID);
    int status = 0;

    is_quiet = true;
    for (int i = 0; i < count; i++)
        status |= on_read(NULL);
    is_quiet = false;
    (void)printf("cpu_us %" PRId64 "\n",
                 (nanoseconds(CLOCK_THREAD_CPUTIME_ID) - start) / 1000 / (count > 0 ? count : 1));
    return status;
}

static void set_clock(int64_t now_s)
{
    int64_t real_s = nanoseconds(CLOCK_REALTIME) / 1000000000;

    __atomic_store_n(&clock_offset_s, now_s - real_s, __ATOMIC_RELAXED);
}

static int obey(const char *verb, const char *rest)
{
    if (strcmp(verb, "config") == 0)
        return configure(rest);
    if (strcmp(verb, "init") == 0)
        return on_init();
    if (strcmp(verb, "read") == 0)
        return on_read == NULL ? 0 : on_read(NULL);
    if (strcmp(verb, "reads") == 0)
        return read_often((int)strtol(rest, NULL, 10));
    if (strcmp(verb, "shutdown") == 0)
        return on_shutdown();
    if (strcmp(verb, "clock") == 0) {
        set_clock(strtoll(rest, NULL, 10));
        return 0;
    }
    return -1;
}

int main(int argc, char *argv[])
{
    char line[LINE_BYTES];
    void *plugin = argc < 2 ? NULL : dlopen(argv[1], RTLD_NOW);
    void (*start)(void) = NULL;

    daemon_thread = pthread_self();
    if (plugin != NULL)
        *(void **)&start = dlsym(plugin, "module_register");
    if (start == NULL) {
        (void)fprintf(stderr, "%s\n", argc < 2 ? "which plugin?" : dlerror());
        return 1;
    }
    start();
    while (fgets(line, sizeof(line), stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *rest = line + strcspn(line, " ");
        if (*rest != '\0')
            *rest++ = '\0';
        int64_t begun = nanoseconds(CLOCK_MONOTONIC);
        int status = obey(line, rest);
        (void)printf("done %d %" PRId64 "\n", status,
                     (nanoseconds(CLOCK_MONOTONIC) - begun) / 1000000);
        (void)fflush(stdout);
    }
    return 0;
}
