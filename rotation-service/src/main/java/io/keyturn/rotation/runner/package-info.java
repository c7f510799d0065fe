/** Claims due runs and drives them, command by command. */
@NullMarked
package io.keyturn.rotation.runner;

import org.jspecify.annotations.NullMarked;
