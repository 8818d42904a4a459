/* SPDX-License-Identifier: MIT */
/* Where the agent of Azure Arc keeps its files. The tests link other answers than these. */
#ifndef AMR_ARC_H
#define AMR_ARC_H

/* The directory of the files with which the agent finds out who asks it. Static text. */
const char *amr_arc_tokens_directory(void);

/* The agent's program, which is there where the machine is one of Azure Arc's. Static text. */
const char *amr_arc_agent(void);

#endif
