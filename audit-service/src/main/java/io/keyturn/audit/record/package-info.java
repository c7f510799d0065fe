/** What is on record and how it is chained. Pure: no I/O, no framework. */
@NullMarked
package io.keyturn.audit.record;

import org.jspecify.annotations.NullMarked;
