#include "common/storage/environment.h"
enum status environment_status(const char *dir, int rc){(void)dir;return lmdb_status(rc);}
