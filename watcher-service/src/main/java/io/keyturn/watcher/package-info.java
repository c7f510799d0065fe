/** What is true out there, what is due. */
@NullMarked
package io.keyturn.watcher;

import org.jspecify.annotations.NullMarked;
