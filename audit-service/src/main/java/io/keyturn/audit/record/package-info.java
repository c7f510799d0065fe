/** PURE. What is on record and how it is chained. */
@NullMarked
package io.keyturn.audit.record;

import org.jspecify.annotations.NullMarked;
