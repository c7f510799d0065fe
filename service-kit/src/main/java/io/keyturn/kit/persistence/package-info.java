/** One transaction that holds the inbox row, the state and the outbox rows. */
@NullMarked
package io.keyturn.kit.persistence;

import org.jspecify.annotations.NullMarked;
