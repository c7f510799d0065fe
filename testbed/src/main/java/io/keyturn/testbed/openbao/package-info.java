/** OpenBao as a child process, and a small client for its API. */
@NullMarked
package io.keyturn.testbed.openbao;

import org.jspecify.annotations.NullMarked;
