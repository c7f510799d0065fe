/** CloudEvents 1.0 in Kafka binary mode, written and read explicitly. */
@NullMarked
package io.keyturn.contract.codec;

import org.jspecify.annotations.NullMarked;
