/** Runs in PostgreSQL. */
@NullMarked
package io.keyturn.rotation.persistence;

import org.jspecify.annotations.NullMarked;
