/** PostgreSQL: contents, baselines, triggers and plans. Row types never leave this package. */
@NullMarked
package io.keyturn.restart.persistence;

import org.jspecify.annotations.NullMarked;
