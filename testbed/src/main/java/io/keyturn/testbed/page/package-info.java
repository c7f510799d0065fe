/** Pages of the documentation that are made from code: how they are compared, and rewritten by {@code make generate}. */
@NullMarked
package io.keyturn.testbed.page;

import org.jspecify.annotations.NullMarked;
