/** PURE. Which objects, and which of their annotations, are of interest. */
@NullMarked
package io.keyturn.watcher.filter;

import org.jspecify.annotations.NullMarked;
