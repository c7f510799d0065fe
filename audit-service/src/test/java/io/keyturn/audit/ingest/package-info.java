/** Tests of package ingest. */
@NullMarked
package io.keyturn.audit.ingest;

import org.jspecify.annotations.NullMarked;
