/* SPDX-License-Identifier: MIT */
/* The yardstick: CPU seconds of json-c for one whole document with this project's flags, parsed in
 * one call and freed. usage: parse_whole FILE */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { DEPTH_MAX = 32, FILE_BYTES_MAX = 64 * 1024 * 1024 };

static double cpu_s(void)
{
    struct rusage usage = {0};

    (void)getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static char *read_file(const char *path, size_t *length)
{
    char *text = malloc(FILE_BYTES_MAX);
    FILE *file = fopen(path, "rb");

    if (file == NULL || text == NULL) {
        free(text);
        return NULL;
    }
    *length = fread(text, 1, FILE_BYTES_MAX, file);
    (void)fclose(file);
    return text;
}

int main(int argc, char *argv[])
{
    size_t length = 0;
    char *text = argc == 2 ? read_file(argv[1], &length) : NULL;

    if (text == NULL)
        return EXIT_FAILURE;
    double before_s = cpu_s();
    struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
    struct json_object *tree = json_tokener_parse_ex(tokener, text, (int)length);
    int is_whole = json_tokener_get_error(tokener) == json_tokener_success;
    json_object_put(tree);
    json_tokener_free(tokener);
    (void)printf("%.6f\n", cpu_s() - before_s);
    free(text);
    return is_whole ? EXIT_SUCCESS : EXIT_FAILURE;
}
