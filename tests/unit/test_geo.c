/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "geo.h"
#include "scene.h"
#include "unit.h"

enum { MEMBERS_MAX = 4 };

#define OTHER_SUBSCRIPTION "22222222-2222-4222-8222-222222222222"

#define LINK(cluster)                                                                              \
    "{\"id\":\"/subscriptions/" SCENE_SUBSCRIPTION                                                 \
    "/resourceGroups/rg/providers/Microsoft.Cache/redisEnterprise/" cluster                        \
    "/databases/default\",\"state\":\"Linked\"}"
#define LINKS(nickname, list)                                                                      \
    "\"geoReplication\":{\"groupNickname\":\"" nickname "\",\"linkedDatabases\":[" list "]},"
#define NICKNAME(nickname) "\"geoReplication\":{\"groupNickname\":\"" nickname "\"},"

#define A_B                LINK("a") "," LINK("b")
#define A_B_C              LINK("a") "," LINK("b") "," LINK("c")

#define V72                "\"7.2\""
#define V74                "\"7.4\""
#define V80                "\"8.0\""

/* `skewed` has an x for each database that is, a - for each that is not. */
static const struct row {
    const char *name;
    const char *skewed;
    struct scene_database databases[MEMBERS_MAX];
} rows[] = {
    {"no groups", "--", {{.cluster = "a", .version = V74}, {.cluster = "b", .version = V80}}},
    {"linked, one line",
     "--",
     {{.cluster = "a", .version = V74, .extra = LINKS("g", A_B)},
      {.cluster = "b", .version = V74, .extra = LINKS("g", A_B)}}},
    {"linked, two lines",
     "xx",
     {{.cluster = "a", .version = V74, .extra = LINKS("g", A_B)},
      {.cluster = "b", .version = V80, .extra = LINKS("g", A_B)}}},
    {"linked, two patches of one line",
     "--",
     {{.cluster = "a", .version = "\"7.4.1\"", .extra = LINKS("g", A_B)},
      {.cluster = "b", .version = "\"7.4.2\"", .extra = LINKS("g", A_B)}}},
    {"three of one group, one differs",
     "xxx",
     {{.cluster = "a", .version = V74, .extra = LINKS("g", A_B_C)},
      {.cluster = "b", .version = V74, .extra = LINKS("g", A_B_C)},
      {.cluster = "c", .version = V80, .extra = LINKS("g", A_B_C)}}},
    {"two groups, one skewed",
     "xx--",
     {{.cluster = "a", .version = V74, .extra = LINKS("g", A_B)},
      {.cluster = "b", .version = V80, .extra = LINKS("g", A_B)},
      {.cluster = "c", .version = V74, .extra = LINKS("h", LINK("c") "," LINK("d"))},
      {.cluster = "d", .version = V74, .extra = LINKS("h", LINK("c") "," LINK("d"))}}},
    {"ids in another case",
     "xx",
     {{.cluster = "a", .version = V74, .extra = LINKS("g", LINK("A") "," LINK("B"))},
      {.cluster = "b", .version = V80, .extra = LINKS("g", A_B)}}},
    {"links over subscriptions",
     "xx",
     {{.cluster = "a",
       .version = V74,
       .extra = LINKS("g", LINK("a") ",{\"id\":\"/subscriptions/" OTHER_SUBSCRIPTION
                                     "/resourceGroups/rg/providers/Microsoft.Cache/redisEnterprise/"
                                     "b/databases/default\"}")},
      {.cluster = "b",
       .version = V80,
       .subscription = OTHER_SUBSCRIPTION,
       .extra = LINKS("g", LINK("a") ",{\"id\":\"/subscriptions/" OTHER_SUBSCRIPTION
                                     "/resourceGroups/rg/providers/Microsoft.Cache/redisEnterprise/"
                                     "b/databases/default\"}")}}},
    {"the other member was not read",
     "-",
     {{.cluster = "a", .version = V74, .extra = LINKS("g", A_B)}}},
    {"a member whose line is not known",
     "--",
     {{.cluster = "a", .version = V74, .extra = LINKS("g", A_B)},
      {.cluster = "b", .version = NULL, .extra = LINKS("g", A_B)}}},
    {"a member whose version does not parse",
     "--",
     {{.cluster = "a", .version = V74, .extra = LINKS("g", A_B)},
      {.cluster = "b", .version = "\"8\"", .extra = LINKS("g", A_B)}}},
    {"same nickname, other links",
     "--",
     {{.cluster = "a", .version = V74, .extra = LINKS("g", LINK("a") "," LINK("x"))},
      {.cluster = "b", .version = V80, .extra = LINKS("g", LINK("b") "," LINK("y"))}}},
    {"same nickname without links",
     "xx",
     {{.cluster = "a", .version = V74, .extra = NICKNAME("g")},
      {.cluster = "b", .version = V80, .extra = NICKNAME("g")}}},
    {"same nickname without links, one line",
     "--",
     {{.cluster = "a", .version = V74, .extra = NICKNAME("g")},
      {.cluster = "b", .version = V74, .extra = NICKNAME("g")}}},
    {"same nickname in two subscriptions",
     "--",
     {{.cluster = "a", .version = V74, .extra = NICKNAME("g")},
      {.cluster = "b",
       .version = V80,
       .subscription = OTHER_SUBSCRIPTION,
       .extra = NICKNAME("g")}}},
    {"other nicknames",
     "--",
     {{.cluster = "a", .version = V74, .extra = NICKNAME("g")},
      {.cluster = "b", .version = V80, .extra = NICKNAME("h")}}},
    {"an empty list of links is none",
     "xx",
     {{.cluster = "a", .version = V74, .extra = LINKS("g", "")},
      {.cluster = "b", .version = V80, .extra = LINKS("g", "")}}},
    {"two databases of one cluster",
     "--",
     {{.cluster = "a", .version = V74, .name = "x"},
      {.cluster = "a", .version = V80, .name = "y"}}},
};

START_TEST(test_skew)
{
    const struct row *row = &rows[_i];
    struct amr_fleet fleet = {0};
    bool is_skewed[MEMBERS_MAX];
    size_t count = strlen(row->skewed);
    struct amr_error err;

    for (size_t i = 0; i < MEMBERS_MAX; i++)
        is_skewed[i] = i % 2 == 0; /* must be written */
    scene_fleet(&fleet, row->databases, count);
    ck_assert_msg(amr_geo_find_skew(&fleet, is_skewed, &err), "%s: %s", row->name, err.message);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(is_skewed[i] == (row->skewed[i] == 'x'), "%s: database %zu is %sskewed",
                      row->name, i, is_skewed[i] ? "" : "not ");
    amr_fleet_free(&fleet);
}
END_TEST

START_TEST(test_empty_fleet)
{
    struct amr_fleet fleet = {0};
    bool is_skewed = false;
    struct amr_error err;

    ck_assert(amr_geo_find_skew(&fleet, &is_skewed, &err));
    ck_assert(!is_skewed);
    amr_fleet_free(&fleet);
}
END_TEST

static void add_tests(TCase *tcase)
{
    UNIT_ADD_ROWS(tcase, test_skew, rows);
    tcase_add_test(tcase, test_empty_fleet);
}

int main(void)
{
    return unit_run("geo", add_tests);
}
