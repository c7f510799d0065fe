/** The JSON Schemas of the events, made from the records. */
@NullMarked
package io.keyturn.contract.schema;

import org.jspecify.annotations.NullMarked;
