/** The documentation: pages made from code, and what the written ones claim. */
@NullMarked
package io.keyturn.system.docs;

import org.jspecify.annotations.NullMarked;
