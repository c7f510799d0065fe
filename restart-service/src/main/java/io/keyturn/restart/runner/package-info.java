/** The threads that plan and drive roll-outs, from the database. */
@NullMarked
package io.keyturn.restart.runner;

import org.jspecify.annotations.NullMarked;
