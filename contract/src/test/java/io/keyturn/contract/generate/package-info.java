/** Files that are made from the contract's code: how they are compared, and rewritten with {@code -Dkeyturn.generate=true}. */
@NullMarked
package io.keyturn.contract.generate;

import org.jspecify.annotations.NullMarked;
