/** From Kafka to the chain: decode, put aside what is no event, append, and only then acknowledge. */
@NullMarked
package io.keyturn.audit.ingest;

import org.jspecify.annotations.NullMarked;
