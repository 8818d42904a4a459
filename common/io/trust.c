/* SPDX-License-Identifier: MIT */
#include "trust.h"

#include <curl/curl.h>

const char *amr_trust_directory(void)
{
    return curl_version_info(CURLVERSION_NOW)->capath;
}

const char *amr_trust_bundle(void)
{
    return curl_version_info(CURLVERSION_NOW)->cainfo;
}
