/** Toxiproxy: connections that tests slow down, cut or black-hole. */
@NullMarked
package io.keyturn.testbed.fault;

import org.jspecify.annotations.NullMarked;
