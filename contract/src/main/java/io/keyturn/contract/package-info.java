/** The public surface: events, topics, serdes, schemas, custom-resource types. */
@NullMarked
package io.keyturn.contract;

import org.jspecify.annotations.NullMarked;
