/** SPI: where consumers read a credential. */
@NullMarked
package io.keyturn.rotation.publication;

import org.jspecify.annotations.NullMarked;
