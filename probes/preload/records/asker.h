/* Which thread asked for a listener. */
#pragma once

/* To be called when listen(2) on the number has been recorded. */
void record_asker(int fd);
