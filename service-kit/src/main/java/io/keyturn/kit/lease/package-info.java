/** Time-limited ownership in PostgreSQL, with an epoch. */
@NullMarked
package io.keyturn.kit.lease;

import org.jspecify.annotations.NullMarked;
