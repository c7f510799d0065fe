/** The demo: a live application keeps working while its database password changes underneath it. */
@NullMarked
package io.keyturn.testbed.demo;

import org.jspecify.annotations.NullMarked;
