/** PURE. What was stated about each object, and whether what is seen now has to be stated. */
@NullMarked
package io.keyturn.watcher.statement;

import org.jspecify.annotations.NullMarked;
