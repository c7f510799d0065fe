/** The watcher's own topic: read to its end before anything is stated, and written. */
@NullMarked
package io.keyturn.watcher.topic;

import org.jspecify.annotations.NullMarked;
