/** Tests of package store. */
@NullMarked
package io.keyturn.audit.store;

import org.jspecify.annotations.NullMarked;
