/** The facts that travel between the services: one sealed family of records per topic. */
@NullMarked
package io.keyturn.contract.event;

import org.jspecify.annotations.NullMarked;
