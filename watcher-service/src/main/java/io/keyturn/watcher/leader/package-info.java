/** Who watches: one of several instances, by a Lease. */
@NullMarked
package io.keyturn.watcher.leader;

import org.jspecify.annotations.NullMarked;
