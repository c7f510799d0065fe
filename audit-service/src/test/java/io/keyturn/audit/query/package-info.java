/** Tests of package query. */
@NullMarked
package io.keyturn.audit.query;

import org.jspecify.annotations.NullMarked;
