/** The servers that tests of audit-service run on. */
@NullMarked
package io.keyturn.audit.bed;

import org.jspecify.annotations.NullMarked;
