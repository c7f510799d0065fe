/** A small shop whose applications log in to PostgreSQL all the time with the credential that Keyturn rotates. */
@NullMarked
package io.keyturn.testbed.shop;

import org.jspecify.annotations.NullMarked;
