/* SPDX-License-Identifier: MIT */
/* From collectd's configuration to accounts. An option is spelled as the setting's name in
 * CamelCase: `client-id` is `ClientId`; case does not matter. */
#ifndef AMR_OPTIONS_H
#define AMR_OPTIONS_H

#include "abi.h"
#include "account.h"

/* Adds the accounts of a <Plugin> block behind those that are there. Options beside the <Account>
 * blocks hold for all accounts of the block that do not say otherwise. What is wrong with an
 * account is logged as an error, "account "NAME": OPTION: why", and makes it a bad one. Of two
 * accounts with one name nobody knows which is meant: both are bad. */
void amr_options_read(const oconfig_item_t *block, struct amr_accounts *accounts);

#endif
