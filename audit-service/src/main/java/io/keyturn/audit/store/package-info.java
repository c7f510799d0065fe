/** The append-only table: one writer in, streams out. Plain JDBC with COPY, on virtual threads. */
@NullMarked
package io.keyturn.audit.store;

import org.jspecify.annotations.NullMarked;
