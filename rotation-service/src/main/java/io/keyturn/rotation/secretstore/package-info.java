/** SPI: where values are kept; the source of truth. */
@NullMarked
package io.keyturn.rotation.secretstore;

import org.jspecify.annotations.NullMarked;
