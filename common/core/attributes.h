/* SPDX-License-Identifier: MIT */
#ifndef AMR_ATTRIBUTES_H
#define AMR_ATTRIBUTES_H

#if defined(__GNUC__)
#define AMR_MUST_CHECK                 __attribute__((warn_unused_result))
#define AMR_PRINTF(format_at, args_at) __attribute__((format(printf, format_at, args_at)))
#else
#define AMR_MUST_CHECK
#define AMR_PRINTF(format_at, args_at)
#endif

#define AMR_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
