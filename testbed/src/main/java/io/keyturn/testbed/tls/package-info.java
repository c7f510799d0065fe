/** Certificates of servers that speak TLS. */
@NullMarked
package io.keyturn.testbed.tls;

import org.jspecify.annotations.NullMarked;
