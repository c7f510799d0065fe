/** What happened, provably. */
@NullMarked
package io.keyturn.audit;

import org.jspecify.annotations.NullMarked;
