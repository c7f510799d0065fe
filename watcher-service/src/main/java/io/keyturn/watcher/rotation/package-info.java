/** SecretRotations: requests when they are due, and the two status fields that are the watcher's. */
@NullMarked
package io.keyturn.watcher.rotation;

import org.jspecify.annotations.NullMarked;
