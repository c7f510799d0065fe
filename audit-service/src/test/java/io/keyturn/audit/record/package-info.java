/** Tests of the chain. */
@NullMarked
package io.keyturn.audit.record;

import org.jspecify.annotations.NullMarked;
