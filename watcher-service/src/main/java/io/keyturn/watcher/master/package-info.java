/** The fingerprint master in Vault. */
@NullMarked
package io.keyturn.watcher.master;

import org.jspecify.annotations.NullMarked;
