#ifndef FOOTFALL_CFOOTFALL_H
#define FOOTFALL_CFOOTFALL_H

/// Forbids core dumps and reading this process's memory by others of the same user: a dump would
/// hold addresses and user agents. Returns 0, or an errno.
int footfall_forbid_core_dumps(void);

/// Raises the number of files that this process may have open, connections among them, as far as it
/// may. Returns that number, or -1 when it can't be told.
long footfall_allow_open_files(void);

/// The terminal's width in columns, or 0 when standard output is no terminal.
int footfall_terminal_columns(void);

#endif
