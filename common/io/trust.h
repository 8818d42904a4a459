/* SPDX-License-Identifier: MIT */
/* Where the system keeps the certificate authorities that it trusts, as libcurl was built to know
 * it. The tests link other answers than these. */
#ifndef AMR_TRUST_H
#define AMR_TRUST_H

/* The directory that holds each authority under the hash of its name, of which only those are read
 * that are asked for. Static text, NULL: none is known. */
const char *amr_trust_directory(void);

/* The file that holds all of them and is read whole. Static text, NULL: none is known. */
const char *amr_trust_bundle(void);

#endif
