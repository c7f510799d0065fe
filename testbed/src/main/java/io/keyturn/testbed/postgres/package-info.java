/** PostgreSQL as a child process. */
@NullMarked
package io.keyturn.testbed.postgres;

import org.jspecify.annotations.NullMarked;
