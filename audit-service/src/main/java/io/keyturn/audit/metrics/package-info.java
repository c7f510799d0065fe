/** What audit-service counts and times. */
@NullMarked
package io.keyturn.audit.metrics;

import org.jspecify.annotations.NullMarked;
