/** Trace context across the outbox and across threads. */
@NullMarked
package io.keyturn.kit.trace;

import org.jspecify.annotations.NullMarked;
