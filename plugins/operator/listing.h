/* SPDX-License-Identifier: MIT */
/* The effective catalogue for people and as a document. Pure. */
#ifndef AMR_LISTING_H
#define AMR_LISTING_H

#include "buffer.h"
#include "catalog.h"

/* Appends a table of all releases: line, tier, preview, GA, the deadline of a deferral, source. */
void amr_listing_append_table(struct amr_buffer *buffer, const struct amr_catalog *catalog);

/* Appends the merged catalogue as a document that amr_catalog_merge takes for the same. */
void amr_listing_append_json(struct amr_buffer *buffer, const struct amr_catalog *catalog);

/* Appends a line for each date that names no source and for each remark. */
void amr_listing_append_warnings(struct amr_buffer *buffer, const struct amr_catalog *catalog);

#endif
