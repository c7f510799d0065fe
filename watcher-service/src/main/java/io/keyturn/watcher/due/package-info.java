/** PURE. When a SecretRotation is due, and the ids of the requests that follow. */
@NullMarked
package io.keyturn.watcher.due;

import org.jspecify.annotations.NullMarked;
