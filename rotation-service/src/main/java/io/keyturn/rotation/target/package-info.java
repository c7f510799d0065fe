/** SPI: the systems that check a credential. */
@NullMarked
package io.keyturn.rotation.target;

import org.jspecify.annotations.NullMarked;
