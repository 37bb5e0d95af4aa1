// SQLite on the simulated disk, by its VFS: sqlite::Engine. Needs the library sqlite3.
#pragma once

#include <reprise/engines/sqlite/engine.h>
